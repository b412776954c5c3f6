import type { Permission } from "@millrace/core";
import type { ReactNode } from "react";
import { useApi } from "../../api/use-api.ts";
import { Empty, Loading } from "../../ui/notices.tsx";

/** Why one may not do something that concerns the whole project; undefined where one may, or where it is not known yet. */
export function useRefusalHere(permission: Permission): string | undefined {
  const me = useApi("getMe").data;
  if (me === undefined || me.permissions[permission]?.includes("*") === true) return undefined;
  return `You may not: it takes the permission ${permission} for the whole project.`;
}

/** What only some may read. Nothing is asked of the server before it is known that this is one of them. */
export function Readable({ permission, children }: { readonly permission: Permission; readonly children: ReactNode }) {
  const { isPending } = useApi("getMe");
  const refused = useRefusalHere(permission);
  if (isPending) return <Loading rows={2} />;
  if (refused === undefined) return children;
  return (
    <Empty icon="blocked" title="This is not for you to see">
      It takes the permission <code className="font-mono">{permission}</code> for the whole project. An admin gives it
      under People.
    </Empty>
  );
}
