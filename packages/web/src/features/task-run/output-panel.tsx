import type { Run, TaskRun } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { CopyButton } from "../../ui/copy-button.tsx";
import { JsonView } from "../../ui/json-view.tsx";
import { Answered } from "../../ui/notices.tsx";
import { Panel } from "../../ui/panel.tsx";

/** More letters are not for a clipboard. */
const MOST_COPIED = 200_000;

/** What a task gave to those after it. */
export function OutputPanel({ run, row }: { readonly run: Run; readonly row: TaskRun }) {
  const answer = useApi("getOutput", { params: { run: run.id }, query: { node: row.node, item: row.item } });
  const output = answer.data;
  const text = output?.tooLarge === false ? (JSON.stringify(output.value, undefined, 2) ?? "null") : "";
  const isCopied = text !== "" && text.length <= MOST_COPIED;
  return (
    <Panel title="Output" aside={isCopied ? <CopyButton text={text} label="Copy the output" /> : null}>
      <Answered of={answer} rows={2}>
        <div className="p-3">
          {output?.found === false ? <p className="text-ink-2">It gave nothing.</p> : null}
          {output?.found === true && !output.tooLarge ? <JsonView value={output.value} label="Output" /> : null}
          {output?.tooLarge === true ? (
            <p className="text-ink-2">
              It is kept as a file, or too large to be shown:{" "}
              <code className="font-mono text-xs break-all">
                millrace output {run.id} {row.task}
              </code>
            </p>
          ) : null}
        </div>
      </Answered>
    </Panel>
  );
}
