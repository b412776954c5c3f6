import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense } from "react";

const LaunchDialog = lazy(async () => ({ default: (await import("./launch-dialog.tsx")).LaunchDialog }));

/** Opens the launch dialog over any page whose address says so. */
export function LaunchHost() {
  const { launch } = useSearch({ strict: false });
  const navigate = useNavigate();
  if (launch === undefined) return null;
  const close = (): void => void navigate({ to: ".", search: (old) => ({ ...old, launch: undefined }) as never });
  return (
    <Suspense>
      <LaunchDialog key={launch} flow={launch} onClose={close} />
    </Suspense>
  );
}
