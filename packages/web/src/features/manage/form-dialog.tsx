import { Dialog } from "@base-ui/react/dialog";
import type { ReactNode } from "react";
import { Button, IconButton } from "../../ui/button.tsx";
import { Problem } from "../../ui/notices.tsx";
import { againOf } from "../../ui/problem-text.ts";

/** Asks for what a change takes, or says what it will do, before it is made. */
export function FormDialog({
  title,
  verb,
  kind = "primary",
  of: { isPending, error },
  canSubmit = true,
  onSubmit,
  onClose,
  children,
}: {
  readonly title: string;
  readonly verb: string;
  readonly kind?: "primary" | "danger";
  readonly of: { readonly isPending: boolean; readonly error: unknown };
  readonly canSubmit?: boolean;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  return (
    <Dialog.Root open onOpenChange={(isOpen) => isOpen || onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Popup className="fixed top-1/2 left-1/2 z-50 max-h-[calc(100dvh-2rem)] w-[min(30rem,calc(100vw-1.5rem))] -translate-x-1/2 -translate-y-1/2 overflow-y-auto rounded-lg border border-line-strong bg-raised shadow-2xl outline-none">
          <div className="flex items-center justify-between border-b border-line py-2 pr-2 pl-4">
            <Dialog.Title>{title}</Dialog.Title>
            <Dialog.Close render={<IconButton icon="cross" label="Close" />} />
          </div>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              if (canSubmit && !isPending) onSubmit();
            }}
          >
            <div className="flex flex-col gap-3 p-4">{children}</div>
            {error === null ? null : <Problem error={error} onRetry={againOf(error, onSubmit)} />}
            <div className="flex justify-end gap-2 border-t border-line px-4 py-2.5">
              <Button onClick={onClose}>Cancel</Button>
              <Button type="submit" kind={kind} disabled={isPending || !canSubmit}>
                {verb}
              </Button>
            </div>
          </form>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
