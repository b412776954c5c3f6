import { Dialog } from "@base-ui/react/dialog";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useEffect, useId, useState } from "react";
import { useRefusal } from "../../account/use-refusal.ts";
import type { Flow } from "../../api/shapes.ts";
import { useApi, useChange } from "../../api/use-api.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Answered, Problem } from "../../ui/notices.tsx";
import { JsonParams } from "./json-params.tsx";
import { ParamField } from "./param-field.tsx";
import { commandOf, defaultsOf, fieldsOf, type Schema, type Values, withValue } from "./params-schema.ts";
import { PartitionField } from "./partition-field.tsx";
import { RecentParams } from "./recent-params.tsx";

/** Runs a flow with the parameters that its schema asks for. */
export function LaunchDialog({ flow, onClose }: { readonly flow: string; readonly onClose: () => void }) {
  const answer = useApi("getFlow", { params: { flow } });
  // The form takes the focus as soon as it is there: who had it before is known only now.
  const [before] = useState(() => document.activeElement);
  return (
    <Dialog.Root open onOpenChange={(isOpen) => isOpen || onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Popup
          finalFocus={() => (before instanceof HTMLElement ? before : true)}
          className="fixed top-1/2 left-1/2 z-50 flex max-h-[90vh] w-[min(56rem,calc(100vw-1.5rem))] -translate-x-1/2 -translate-y-1/2 flex-col overflow-hidden rounded-lg border border-line-strong bg-raised shadow-2xl outline-none"
        >
          <div className="flex items-center justify-between border-b border-line px-4 py-2.5">
            <Dialog.Title className="min-w-0 truncate">
              Run <span className="text-accent">{flow}</span>
            </Dialog.Title>
            <Dialog.Close render={<IconButton icon="cross" label="Close" />} />
          </div>
          <Answered of={answer}>
            {answer.data === undefined ? null : <LaunchForm flow={answer.data} onClose={onClose} />}
          </Answered>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function LaunchForm({ flow, onClose }: { readonly flow: Flow; readonly onClose: () => void }) {
  const schema = flow.params as Schema | null;
  const form = useId();
  const navigate = useNavigate();
  const [values, setValues] = useState<Values>(() => defaultsOf(schema));
  const [partition, setPartition] = useState("");
  const start = useChange("startRun");
  const refused = useRefusal("run.start", flow.name);
  // Opened by a button of the keyboard, it is typed into at once.
  useEffect(() => {
    const first = document.getElementById(form)?.querySelector<HTMLElement>("input, select, textarea");
    first?.focus();
  }, [form]);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (refused !== undefined) return;
    const slice = partition === "" ? {} : { slice: { kind: "key", key: partition } as const };
    const body = { params: { ...values }, ...slice };
    try {
      const { run } = await start.mutateAsync({ params: { flow: flow.name }, body });
      await navigate({ to: "/runs/$run", params: { run } });
    } catch {
      // The dialog shows why.
    }
  };
  const fields = fieldsOf(schema);
  return (
    <>
      <form
        id={form}
        onSubmit={(event) => void submit(event)}
        className="grid min-h-0 flex-1 gap-x-6 gap-y-4 overflow-y-auto p-4 sm:grid-cols-2"
      >
        <div className="flex min-w-0 flex-col gap-3.5">
          {flow.partitioned ? <PartitionField flow={flow.name} value={partition} onChange={setPartition} /> : null}
          {fields.map((field) => (
            <ParamField
              key={field.name}
              field={field}
              value={values[field.name]}
              onChange={(value) => setValues((old) => withValue(old, field.name, value))}
            />
          ))}
          {fields.length === 0 ? <p className="text-ink-2">This flow takes no parameters.</p> : null}
        </div>
        <div className="flex min-w-0 flex-col gap-3">
          {fields.length === 0 ? null : <RecentParams flow={flow.name} onChoose={setValues} />}
          {fields.length === 0 ? null : <JsonParams values={values} onChange={setValues} />}
          <div>
            <div className="mb-1 flex items-center justify-between">
              <span className="font-medium">As a command</span>
              <CopyButton text={commandOf(flow.name, values, partition)} label="Copy the command" />
            </div>
            <code className="block rounded-md bg-sunken px-2.5 py-2 font-mono text-xs break-words">
              {commandOf(flow.name, values, partition)}
            </code>
          </div>
        </div>
      </form>
      {start.error === null ? null : <Problem error={start.error} />}
      <div className="flex justify-end gap-2 border-t border-line px-4 py-2.5">
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="primary" icon="play" type="submit" form={form} refused={refused} disabled={start.isPending}>
          {start.isPending ? "Starting…" : "Run"}
        </Button>
      </div>
    </>
  );
}
