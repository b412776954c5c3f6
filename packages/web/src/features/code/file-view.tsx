import { useMemo } from "react";
import type { FlowCode } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Answered, Empty } from "../../ui/notices.tsx";
import { LOOKS } from "../../ui/states.ts";
import { CodePane } from "./code-pane.tsx";
import { placeOfTask } from "./places.ts";
import type { LineMark } from "./reader.ts";
import { useTaskStates } from "./use-task-states.ts";
import { plainTask } from "./versions.ts";

type File = FlowCode["files"][number];

const LEFT_OUT: Readonly<Record<NonNullable<File["leftOut"]>, string>> = {
  too_large: "It is larger than what is kept of a file.",
  too_many: "The files of the version are larger together than what is kept.",
  binary: "It is no text.",
  secret: "Files of this name hold secrets, and are never kept.",
};

/** One file of a version, with a dot beside each task that says how it went last. */
export function FileView({
  flow,
  code,
  file,
  line,
  onLine,
}: {
  readonly flow: string;
  readonly code: FlowCode;
  readonly file: File;
  readonly line: number | undefined;
  readonly onLine: (line: number) => void;
}) {
  const query = { version: code.version, path: file.path };
  const text = useApi("readFlowFile", { params: { flow }, query }, { enabled: file.leftOut === null });
  const states = useTaskStates(flow);
  const marks = useMemo(
    () =>
      code.tasks.flatMap((task): LineMark[] => {
        const place = placeOfTask(task);
        const state = states.get(plainTask(task.id));
        if (place?.file !== file.path || state === undefined) return [];
        const { tone, text: said } = LOOKS[state];
        return [{ line: place.line, tone, text: `${task.id}, newest run: ${said}` }];
      }),
    [code, file, states],
  );
  return (
    <section
      aria-label={file.path}
      className="flex min-h-96 min-w-0 flex-1 flex-col overflow-hidden rounded-lg border border-line bg-surface lg:min-h-0"
    >
      <div className="flex h-9 shrink-0 items-center justify-between gap-2 border-b border-line pr-1 pl-3">
        <h2 className="truncate font-mono text-xs font-normal">
          {line === undefined ? file.path : `${file.path}:${line}`}
        </h2>
        {text.data === undefined ? null : <CopyButton text={text.data.text} label="Copy the file" />}
      </div>
      {file.leftOut === null ? (
        <Answered of={text}>
          {text.data === undefined ? null : (
            <div className="min-h-0 flex-1">
              <CodePane path={file.path} text={text.data.text} line={line} marks={marks} onLine={onLine} />
            </div>
          )}
        </Answered>
      ) : (
        <Empty icon="code" title="Its text was not kept">
          {LEFT_OUT[file.leftOut]}
        </Empty>
      )}
    </section>
  );
}
