import { Menu } from "@base-ui/react/menu";
import { Icon } from "../../ui/icon.tsx";
import { useLogOut, useWho } from "./who.ts";

/** Says as whom one is in, and ends that. Nothing where nobody is asked. */
export function LogOutItem({ className }: { readonly className: string }) {
  const who = useWho().data;
  const logOut = useLogOut();
  if (who?.kind !== "in" || who.name === null) return null;
  return (
    <Menu.Item className={`${className} mt-1 border-t border-line`} onClick={() => void logOut()}>
      <Icon name="cross" size={14} className="text-ink-3" />
      Log out
      <span className="ml-auto max-w-32 truncate text-ink-3">{who.name}</span>
    </Menu.Item>
  );
}
