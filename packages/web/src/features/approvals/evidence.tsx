import { useState } from "react";
import { useApi } from "../../api/use-api.ts";
import { CodeBlock } from "../../ui/code-block.tsx";
import { Answered } from "../../ui/notices.tsx";
import type { Asked } from "./use-waiting.ts";

/** More letters are read elsewhere. */
const MOST = 20_000;

/** What there is to judge by: the parameters of the run, and what the tasks before gave. */
export function Evidence({ asked: { run, params, upstream } }: { readonly asked: Asked }) {
  const given = Object.entries((params ?? {}) as Readonly<Record<string, unknown>>);
  if (given.length + upstream.length === 0) return null;
  return (
    <div className="flex flex-col gap-1.5 border-t border-line px-3 py-2.5">
      {given.length === 0 ? null : (
        <dl aria-label="Parameters" className="flex flex-wrap gap-x-1.5 gap-y-1">
          {given.map(([name, value]) => (
            <div key={name} className="flex min-w-0 gap-1 rounded-sm bg-sunken px-1.5 font-mono text-xs leading-5">
              <dt className="text-ink-2">{name}</dt>
              <dd className="max-w-96 truncate" title={textOf(value)}>
                {textOf(value)}
              </dd>
            </div>
          ))}
        </dl>
      )}
      {upstream.map(({ task, node, item }) => (
        <Given key={`${node} ${item}`} run={run} task={task} place={{ node, item }} />
      ))}
    </div>
  );
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

interface GivenProps {
  readonly run: string;
  readonly task: string;
  readonly place: { readonly node: number; readonly item: string };
}

/** What one task before gave. It is read when somebody wants to see it: there may be many questions, and large values. */
function Given({ run, task, place }: GivenProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary className="w-fit cursor-pointer text-ink-2 hover:text-ink">
        What <span className="font-medium">{task}</span> gave
      </summary>
      {isOpen ? <Output run={run} task={task} place={place} /> : null}
    </details>
  );
}

function Output({ run, task, place }: GivenProps) {
  const answer = useApi("getOutput", { params: { run }, query: place });
  const output = answer.data;
  const text = JSON.stringify(output?.value, undefined, 2) ?? "null";
  const isWhole = output?.tooLarge !== true && text.length <= MOST;
  return (
    <Answered of={answer} rows={2}>
      <div className="max-h-72 overflow-y-auto pt-1.5">
        {output?.found === false ? (
          <p className="text-ink-2">Nothing: it gave no output, or did not run.</p>
        ) : isWhole ? (
          <CodeBlock text={text} label={`What ${task} gave`} />
        ) : (
          <p className="text-ink-2">
            It is too large to be shown:{" "}
            <code className="font-mono text-xs break-all">
              millrace output {run} {task}
            </code>
          </p>
        )}
      </div>
    </Answered>
  );
}
