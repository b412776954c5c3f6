import { Dialog } from "@base-ui/react/dialog";
import { type ReactNode, useRef } from "react";
import { Button, IconButton } from "../../ui/button.tsx";
import type { IconName } from "../../ui/icon.tsx";

/** Asks what to do, shows what that would do, and does just that. */
export function PlanDialog({
  title,
  verb,
  icon,
  canSubmit,
  onSubmit,
  onClose,
  children,
}: {
  readonly title: ReactNode;
  readonly verb: string;
  readonly icon: IconName;
  readonly canSubmit: boolean;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const form = useRef<HTMLFormElement>(null);
  return (
    <Dialog.Root open onOpenChange={(isOpen) => isOpen || onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Popup
          initialFocus={() => form.current?.querySelector<HTMLElement>("input:checked")}
          className="fixed top-1/2 left-1/2 z-50 flex max-h-[calc(100dvh-2rem)] w-[min(36rem,calc(100vw-1.5rem))] -translate-x-1/2 -translate-y-1/2 flex-col rounded-lg border border-line-strong bg-raised shadow-2xl outline-none"
        >
          <form
            ref={form}
            className="flex min-h-0 flex-1 flex-col"
            onSubmit={(event) => {
              event.preventDefault();
              if (canSubmit) onSubmit();
            }}
          >
            <div className="flex shrink-0 items-center justify-between gap-2 border-b border-line py-2 pr-2 pl-4">
              <Dialog.Title className="min-w-0 truncate">{title}</Dialog.Title>
              <Dialog.Close render={<IconButton icon="cross" label="Close" />} />
            </div>
            <div className="min-h-0 flex-1 overflow-y-auto">{children}</div>
            <div className="flex shrink-0 justify-end gap-2 border-t border-line px-4 py-2.5">
              <Button onClick={onClose}>Cancel</Button>
              <Button kind="primary" type="submit" icon={icon} disabled={!canSubmit}>
                {verb}
              </Button>
            </div>
          </form>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
