import type { Run, TaskRun } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { CodeBlock } from "../../ui/code-block.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Answered } from "../../ui/notices.tsx";
import { Panel } from "../../ui/panel.tsx";

/** More letters are read elsewhere. */
const MOST = 20_000;

/** What a task gave to those after it. */
export function OutputPanel({ run, row }: { readonly run: Run; readonly row: TaskRun }) {
  const answer = useApi("getOutput", { params: { run: run.id }, query: { node: row.node, item: row.item } });
  const output = answer.data;
  if (output?.found === false) return null;
  const text = JSON.stringify(output?.value, undefined, 2) ?? "null";
  const isWhole = output?.tooLarge !== true && text.length <= MOST;
  return (
    <Panel title="Output" aside={isWhole ? <CopyButton text={text} label="Copy the output" /> : null}>
      <Answered of={answer} rows={2}>
        <div className="p-3">
          {isWhole ? (
            <CodeBlock text={text} label="Output" />
          ) : (
            <p className="text-ink-2">
              It is too large to be shown:{" "}
              <code className="font-mono text-xs">
                millrace output {run.id} {row.task}
              </code>
            </p>
          )}
        </div>
      </Answered>
    </Panel>
  );
}
