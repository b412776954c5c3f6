import type { RouteOutput } from "@millrace/contract";
import { useId, useState } from "react";
import { useRefusal } from "../../account/use-refusal.ts";
import type { Trigger } from "../../api/shapes.ts";
import { useChange } from "../../api/use-api.ts";
import { Button } from "../../ui/button.tsx";
import { CodeBlock } from "../../ui/code-block.tsx";
import { Icon, type IconName } from "../../ui/icon.tsx";
import { Problem } from "../../ui/notices.tsx";
import { Panel } from "../../ui/panel.tsx";

type Tried = RouteOutput<"tryTrigger">;
type TriedEvent = Tried["events"][number];

/** What a sensor would find now, or what an event would become: no run is made of it. */
export function TryPanel({ trigger }: { readonly trigger: Trigger }) {
  const { flow, name, kind } = trigger;
  const isPolled = kind === "sensor" || kind === "file";
  const [text, setText] = useState("{}");
  const id = useId();
  const refused = useRefusal("trigger.fire", flow);
  const attempt = useChange("tryTrigger");
  const payload = parse(text);
  const submit = (): void =>
    attempt.mutate({ params: { flow, trigger: name }, body: { payload: payload?.value ?? {} } });
  return (
    <Panel title="Dry run">
      <form
        className="flex flex-wrap items-end gap-3 px-3 py-2.5"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        {isPolled ? (
          <p className="min-w-60 flex-1 text-ink-2">
            Polls once with the cursor as it is. No run is made and no cursor kept; what its function does elsewhere, it
            does.
          </p>
        ) : (
          <div className="min-w-60 flex-1">
            <label htmlFor={id} className="mb-1 block text-2xs text-ink-2">
              Payload, as JSON
            </label>
            <textarea
              id={id}
              rows={2}
              spellCheck={false}
              value={text}
              aria-invalid={payload === undefined}
              onChange={({ target }) => setText(target.value)}
              className="field-sizing-content block max-h-72 min-h-8 w-full resize-y rounded-md border border-line-strong bg-sunken px-2 py-1.5 font-mono text-xs"
            />
            {payload === undefined ? <p className="text-2xs text-failed">This is not JSON yet.</p> : null}
          </div>
        )}
        <Button type="submit" icon="search" refused={refused} disabled={attempt.isPending || payload === undefined}>
          {attempt.isPending ? "Trying…" : isPolled ? "Poll once" : "Try"}
        </Button>
      </form>
      {attempt.error === null ? null : <Problem error={attempt.error} />}
      <div role="status">{attempt.data === undefined ? null : <Found tried={attempt.data} />}</div>
    </Panel>
  );
}

function Found({ tried: { outcome, message, log, cursor, events } }: { readonly tried: Tried }) {
  return (
    <div className="flex flex-col gap-2.5 border-t border-line p-3">
      {outcome === "failed" ? (
        <Line icon="cross" look="text-failed">
          It failed: {message}
        </Line>
      ) : outcome === "nothing" ? (
        <Line icon="dot" look="text-ink-3">
          It found nothing{message === null ? "." : `: ${message}`}
        </Line>
      ) : null}
      {events.map((event, place) => (
        // What is sent by hand has no key.
        <Event key={event.key ?? place} event={event} />
      ))}
      {cursor === null ? null : (
        <p className="text-ink-2">
          The next poll would be given the cursor{" "}
          <code className="font-mono text-xs break-all">{JSON.stringify(cursor)}</code>.
        </p>
      )}
      {log === null || log === "" ? null : <CodeBlock text={log} label="What it said" />}
    </div>
  );
}

function Event({ event: { key, params, problem, isKnown } }: { readonly event: TriedEvent }) {
  const named = key === null ? "" : ` of ${key}`;
  if (problem !== null) {
    return (
      <Line icon="cross" look="text-failed">
        No run{named}: {problem}
      </Line>
    );
  }
  if (isKnown) {
    return (
      <Line icon="dot" look="text-ink-3">
        No run{named}: it has come before.
      </Line>
    );
  }
  return (
    <div className="flex flex-col gap-1.5">
      <Line icon="check" look="text-success">
        It would make a run{named}, with these parameters:
      </Line>
      <CodeBlock text={JSON.stringify(params, undefined, 2)} label={`Parameters${named}`} />
    </div>
  );
}

function Line({
  icon,
  look,
  children,
}: {
  readonly icon: IconName;
  readonly look: string;
  readonly children: React.ReactNode;
}) {
  return (
    <p className="flex items-start gap-1.5">
      <Icon name={icon} size={14} className={`mt-0.75 ${look}`} />
      <span className="min-w-0 break-words">{children}</span>
    </p>
  );
}

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
