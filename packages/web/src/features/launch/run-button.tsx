import { useNavigate } from "@tanstack/react-router";
import { useRefusal } from "../../account/use-refusal.ts";
import { Button, IconButton } from "../../ui/button.tsx";

/** Opens the form that runs a flow, for whoever may run it; others are told why not. */
export function RunButton({ flow, isIcon = false }: { readonly flow: string; readonly isIcon?: boolean }) {
  const refused = useRefusal("run.start", flow);
  const navigate = useNavigate();
  const open = (): void => void navigate({ to: ".", search: (old) => ({ ...old, launch: flow }) as never });
  if (isIcon) return <IconButton icon="play" label={`Run ${flow}`} refused={refused} onClick={open} />;
  return (
    <Button icon="play" refused={refused} aria-label={`Run ${flow}`} onClick={open}>
      Run
    </Button>
  );
}
