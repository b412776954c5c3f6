import { Dialog } from "@base-ui/react/dialog";
import type { RouteOutput } from "@millrace/contract";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useId, useState } from "react";
import type { Trigger } from "../../api/shapes.ts";
import { useChange } from "../../api/use-api.ts";
import { Button } from "../../ui/button.tsx";
import { Problem } from "../../ui/notices.tsx";
import { shortId } from "../runs/run-table.tsx";
import { Outcome } from "./outcome.tsx";

/** Gives a trigger an event by hand, and says what became of it. */
export function FireDialog({ trigger, onClose }: { readonly trigger: Trigger; readonly onClose: () => void }) {
  const { flow, name } = trigger;
  const [text, setText] = useState("{}");
  const [key, setKey] = useState("");
  const form = useId();
  const fire = useChange("fireTrigger");
  const queries = useQueryClient();
  const payload = parse(text);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (payload === undefined) return;
    const body = { payload: payload.value, ...(key === "" ? {} : { key }) };
    try {
      await fire.mutateAsync({ params: { flow, trigger: name }, body });
      for (const list of ["listTicks", "listTriggers"]) void queries.invalidateQueries({ queryKey: [list] });
    } catch {
      // Shown below.
    }
  };
  return (
    <Dialog.Root open onOpenChange={(isOpen) => isOpen || onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Popup className="fixed top-1/2 left-1/2 z-50 flex max-h-[90vh] w-[min(32rem,calc(100vw-1.5rem))] -translate-x-1/2 -translate-y-1/2 flex-col overflow-y-auto rounded-lg border border-line-strong bg-raised shadow-2xl outline-none">
          <Dialog.Title className="border-b border-line px-4 py-2.5">
            Give <span className="text-accent">{name}</span> of {flow} an event
          </Dialog.Title>
          <form id={form} onSubmit={(event) => void submit(event)} className="flex flex-col gap-3.5 p-4">
            <div>
              <label htmlFor={`${form}-payload`} className="mb-1 block font-medium">
                Payload, as JSON
              </label>
              <textarea
                id={`${form}-payload`}
                rows={6}
                spellCheck={false}
                value={text}
                aria-invalid={payload === undefined}
                onChange={({ target }) => setText(target.value)}
                className="w-full resize-y rounded-md border border-line-strong bg-sunken p-2.5 font-mono text-xs"
              />
              {payload === undefined ? <p className="text-2xs text-failed">This is not JSON yet.</p> : null}
            </div>
            <KeyField id={`${form}-key`} value={key} onChange={setKey} />
          </form>
          {fire.error === null ? null : <Problem error={fire.error} />}
          {fire.data === undefined ? null : <Became fired={fire.data} />}
          <div className="flex justify-end gap-2 border-t border-line px-4 py-2.5">
            <Button onClick={onClose}>Close</Button>
            <Button
              kind="primary"
              icon="play"
              type="submit"
              form={form}
              disabled={fire.isPending || payload === undefined}
            >
              Fire
            </Button>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

interface KeyFieldProps {
  readonly id: string;
  readonly value: string;
  readonly onChange: (key: string) => void;
}

function KeyField({ id, value, onChange }: KeyFieldProps) {
  return (
    <div>
      <label htmlFor={id} className="mb-1 block font-medium">
        Key
      </label>
      <input
        id={id}
        value={value}
        maxLength={256}
        placeholder="a new one"
        onChange={({ target }) => onChange(target.value)}
        className="h-8 w-full rounded-md border border-line-strong bg-raised px-2 placeholder:text-ink-3 max-sm:h-11"
      />
      <p className="mt-1 text-2xs text-ink-2">The same key twice is one event.</p>
    </div>
  );
}

function Became({ fired: { outcome, run, reason } }: { readonly fired: RouteOutput<"fireTrigger"> }) {
  return (
    <div role="status" className="flex flex-wrap items-center gap-x-3 border-t border-line px-4 py-2.5">
      <Outcome outcome={outcome} />
      {run === null ? null : (
        <Link to="/runs/$run" params={{ run }} className="font-mono text-xs text-accent hover:underline">
          {shortId(run)}
        </Link>
      )}
      {reason === null ? null : <span className="text-ink-2">{reason}</span>}
    </div>
  );
}

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
