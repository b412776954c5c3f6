import { Dialog } from "@base-ui/react/dialog";
import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { Problem } from "./notices.tsx";
import { againOf } from "./problem-text.ts";

/** Says what stopping something would do, before it is done: nobody presses by accident what cannot be taken back. */
export function AskDialog({
  title,
  verb,
  error,
  isBusy,
  onSubmit,
  onClose,
  children,
}: {
  readonly title: ReactNode;
  /** What is done, as the button says it. */
  readonly verb: string;
  readonly error: unknown;
  readonly isBusy: boolean;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  /** What becomes of what, as items of a list. */
  readonly children: ReactNode;
}) {
  return (
    <Dialog.Root open onOpenChange={(isOpen) => isOpen || onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Popup className="fixed top-1/2 left-1/2 z-50 w-[min(30rem,calc(100vw-1.5rem))] -translate-x-1/2 -translate-y-1/2 rounded-lg border border-line-strong bg-raised shadow-2xl outline-none">
          <Dialog.Title className="border-b border-line px-4 py-2.5">{title}</Dialog.Title>
          <ul className="list-disc py-3 pr-4 pl-8 text-ink-2">{children}</ul>
          {error === null ? null : <Problem error={error} onRetry={againOf(error, onSubmit)} />}
          <div className="flex justify-end gap-2 border-t border-line px-4 py-2.5">
            <Button onClick={onClose}>Keep it</Button>
            <Button kind="danger" icon="stop" disabled={isBusy} onClick={onSubmit}>
              {verb}
            </Button>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
