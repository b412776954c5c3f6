import { Dialog } from "@base-ui/react/dialog";
import { type FormEvent, type KeyboardEvent, type RefObject, useEffect, useId, useRef, useState } from "react";
import { useRefusal } from "../../account/use-refusal.ts";
import type { Flow, Run } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { Answered, Problem } from "../../ui/notices.tsx";
import { againOf } from "../../ui/problem-text.ts";
import { say } from "../../ui/said.tsx";
import { issuesAt, issuesElsewhere, issuesOf, issueText } from "./field-issues.ts";
import { JsonParams } from "./json-params.tsx";
import { MoreChoices } from "./more-choices.tsx";
import { ParamField } from "./param-field.tsx";
import { fieldsOf, type Schema } from "./params-schema.ts";
import { PartitionField } from "./partition-field.tsx";
import { RecentParams } from "./recent-params.tsx";
import { SameRun } from "./same-run.tsx";
import { useLaunch } from "./use-launch.ts";

type Launch = ReturnType<typeof useLaunch>;

/** Runs a flow with the parameters that its schema asks for. */
export function LaunchDialog({
  flow,
  like,
  onClose,
}: {
  readonly flow: string;
  /** The run whose parameters it begins with. */
  readonly like?: string | undefined;
  readonly onClose: () => void;
}) {
  const answer = useApi("getFlow", { params: { flow } });
  const former = useApi("getRun", { params: { run: like ?? "" } }, { enabled: like !== undefined });
  const isReady = answer.data !== undefined && (like === undefined || !former.isPending);
  // The form takes the focus as soon as it is there: who had it before is known only now.
  const [before] = useState(() => document.activeElement);
  return (
    <Dialog.Root open onOpenChange={(isOpen) => isOpen || onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Popup
          finalFocus={() => focusOf(before)}
          className="fixed top-1/2 left-1/2 z-50 flex max-h-[90vh] w-[min(56rem,calc(100vw-1.5rem))] -translate-x-1/2 -translate-y-1/2 flex-col overflow-hidden rounded-lg border border-line-strong bg-raised shadow-2xl outline-none"
        >
          <div className="flex items-center justify-between border-b border-line px-4 py-2.5">
            <Dialog.Title className="min-w-0 truncate">
              Run <span className="text-accent">{flow}</span>
            </Dialog.Title>
            <Dialog.Close render={<IconButton icon="cross" label="Close" />} />
          </div>
          <Answered of={answer}>
            {isReady ? <LaunchForm flow={answer.data} former={former.data} onClose={onClose} /> : null}
          </Answered>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** Back to what had it. Where nothing had, or it has gone, the page is read on from: never from its first link. */
function focusOf(before: Element | null): HTMLElement | false {
  if (before instanceof HTMLElement && before !== document.body && before.isConnected) return before;
  // The dialog gives the focus to what can be reached by Tab alone, which this cannot.
  queueMicrotask(() => document.getElementById("main")?.focus({ preventScroll: true }));
  return false;
}

/** Opened by a button of the keyboard, it is typed into at once; then where something is wrong. */
function useFocus(form: RefObject<HTMLFormElement | null>, issues: Launch["issues"]): void {
  useEffect(() => form.current?.querySelector<HTMLElement>("input, select, textarea")?.focus(), [form]);
  useEffect(() => {
    if (issues.length === 0) return;
    const wrong = firstWrong(form.current);
    wrong?.focus();
    // It may have had the focus, and be scrolled away.
    wrong?.scrollIntoView({ block: "nearest" });
  }, [form, issues]);
}

function LaunchForm({
  flow: active,
  former,
  onClose,
}: {
  readonly flow: Flow;
  readonly former: Run | undefined;
  readonly onClose: () => void;
}) {
  const form = useRef<HTMLFormElement>(null);
  const id = useId();
  const launch = useLaunch(active, former);
  const { asked, issues } = launch;
  const other = useApi(
    "getFlow",
    { params: { flow: active.name }, query: { version: asked.version ?? undefined } },
    { enabled: asked.version !== null },
  );
  const flow = (asked.version === null ? undefined : other.data) ?? active;
  const refused = useRefusal("run.start", flow.name);
  useFocus(form, issues);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const broken = form.current?.querySelector<HTMLElement>("[data-broken]");
    if (refused !== undefined) say(refused);
    else if (broken) broken.focus();
    else if (!launch.isPending) void launch.send();
  };
  const runByKey = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
    event.preventDefault();
    form.current?.requestSubmit();
  };
  return (
    <>
      <form
        id={id}
        ref={form}
        // The flow's own schema decides, and says it of all fields at once.
        noValidate
        onSubmit={submit}
        onKeyDown={runByKey}
        className="grid min-h-0 flex-1 gap-x-6 gap-y-4 overflow-y-auto p-4 sm:grid-cols-2"
      >
        <Columns flow={flow} launch={launch} />
      </form>
      <Refused launch={launch} fields={fieldsOf(flow.params as Schema | null)} />
      <div className="flex justify-end gap-2 border-t border-line px-4 py-2.5">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          kind="primary"
          icon="play"
          type="submit"
          form={id}
          refused={refused}
          disabled={launch.isPending}
          title="Ctrl or ⌘ and Enter"
        >
          {launch.isPending ? "Starting…" : "Run"}
        </Button>
      </div>
    </>
  );
}

/** The fields, and beside them the same in other words. */
function Columns({ flow, launch }: { readonly flow: Flow; readonly launch: Launch }) {
  const { asked } = launch;
  const schema = flow.params as Schema | null;
  const fields = fieldsOf(schema);
  const [isMore, setMore] = useState(false);
  const hasValues = fields.length > 0 || (schema !== null && schema.properties === undefined);
  return (
    <>
      <div className="flex min-w-0 flex-col gap-3.5">
        {flow.partitioned ? (
          <PartitionField flow={flow.name} value={asked.partition} onChange={launch.setPartition} />
        ) : null}
        {fields.map((field) => (
          <ParamField
            key={field.name}
            field={field}
            value={asked.params[field.name]}
            onChange={(value) => launch.setParam(field.name, value)}
            issues={issuesAt(launch.issues, field.name)}
          />
        ))}
        {hasValues ? null : <p className="text-ink-2">This flow takes no parameters.</p>}
        <details onToggle={({ currentTarget }) => setMore(currentTarget.open)}>
          <summary className="cursor-pointer text-ink-2 hover:text-ink">More</summary>
          {/* Versions are asked for by the few who look. */}
          {isMore ? (
            <MoreChoices
              flow={flow}
              version={asked.version}
              onVersion={launch.setVersion}
              selection={asked.selection}
              onSelection={launch.setSelection}
            />
          ) : null}
        </details>
      </div>
      <div className="flex min-w-0 flex-col gap-3 sm:sticky sm:top-0 sm:self-start">
        {hasValues ? <RecentParams flow={flow.name} onChoose={launch.setParams} /> : null}
        {hasValues ? <JsonParams values={asked.params} onChange={launch.setParams} /> : null}
        <SameRun asked={asked} />
      </div>
    </>
  );
}

/** The first field that is wrong; of a list or a group that is, the first thing in it. */
function firstWrong(form: HTMLFormElement | null): HTMLElement | undefined {
  const wrong = form?.querySelector<HTMLElement>("[aria-invalid=true], [data-wrong]");
  if (!wrong?.matches("[data-wrong]")) return wrong ?? undefined;
  return wrong.parentElement?.querySelector<HTMLElement>("input, select, textarea, button") ?? undefined;
}

/** Why the run was not started. What stands at fields is only counted here. */
function Refused({
  launch: { error, issues, send },
  fields,
}: {
  readonly launch: Launch;
  readonly fields: ReturnType<typeof fieldsOf>;
}) {
  if (error === null) return null;
  if (issuesOf(error).length === 0) return <Problem error={error} onRetry={againOf(error, send)} />;
  const elsewhere = issuesElsewhere(issues, fields);
  const count = issues.length - elsewhere.length;
  if (issues.length === 0) return null;
  return (
    <div role="alert" className="border-t border-line px-4 py-2 text-failed">
      {elsewhere.map((each) => (
        <p key={issueText(each)}>{issueText(each)}</p>
      ))}
      {count === 0 ? null : (
        <p>
          {count === 1 ? "One value does not fit: see its field." : `${count} values do not fit: see their fields.`}
        </p>
      )}
    </div>
  );
}
