import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense } from "react";

const LaunchDialog = lazy(async () => ({ default: (await import("./launch-dialog.tsx")).LaunchDialog }));

/** Opens the launch dialog over any page whose address says so. */
export function LaunchHost() {
  const { launch, like } = useSearch({ strict: false });
  const navigate = useNavigate();
  if (launch === undefined) return null;
  const close = (): void =>
    void navigate({ to: ".", search: (old) => ({ ...old, launch: undefined, like: undefined }) as never });
  return (
    <Suspense>
      <LaunchDialog key={`${launch} ${like}`} flow={launch} like={like} onClose={close} />
    </Suspense>
  );
}
