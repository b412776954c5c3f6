import { useQuery } from "@tanstack/react-query";
import { server } from "../../api/server.ts";
import type { LogLine } from "../../api/shapes.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { JsonView } from "../../ui/json-view.tsx";
import { plainText } from "./ansi.ts";
import { cleanText } from "./clean-text.ts";
import { type LineRange, placeOf } from "./line-range.ts";

/** More lines are downloaded rather than copied. */
const MOST_COPIED = 2_000;
/** Shorter lines without fields are seen whole in their row. */
const LONG = 160;

interface Props {
  readonly run: string;
  readonly attempt: number;
  readonly range: LineRange;
  /** The lines around are left out, and can be shown. */
  readonly isFiltered: boolean;
  readonly onContext: () => void;
  readonly onClear: () => void;
}

/** The lines that the address points at: to copy, to pass on, and a long one to read whole. */
export function SelectedLines({ run, attempt, range, isFiltered, onContext, onClear }: Props) {
  const count = range.to - range.from + 1;
  const isCopied = count <= MOST_COPIED;
  const { data: lines = [] } = useQuery({
    queryKey: ["log lines", run, attempt, range],
    queryFn: ({ signal }) => readLines({ run, attempt, range }, signal),
    enabled: isCopied,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const [first] = lines;
  const text = lines.map((line) => plainText(cleanText(line.text))).join("\n");
  const to = `${range.to + 1}`;
  return (
    <div className="flex max-h-2/5 shrink-0 flex-col border-t border-line bg-surface">
      <div className="flex min-h-9 flex-wrap items-center gap-1 px-3">
        <h3 className="mr-auto font-medium">
          {count === 1 ? `Line ${placeOf(range)}` : `${count.toLocaleString("en")} lines, ${placeOf(range)}`}
        </h3>
        {isFiltered ? (
          <Button kind="quiet" icon="list" onClick={onContext}>
            Show in context
          </Button>
        ) : null}
        {isCopied ? (
          <CopyButton text={text} label="Copy the selected lines" />
        ) : (
          <a
            href={`/api/v1/runs/${encodeURIComponent(run)}/attempts/${attempt}/log/download?from=${range.from}&to=${to}`}
            download
            className="px-2 text-accent hover:underline"
          >
            Download them
          </a>
        )}
        <IconButton icon="cross" label="Clear the selection" onClick={onClear} />
      </div>
      {count === 1 && first !== undefined ? <Whole line={first} /> : null}
    </div>
  );
}

/** A line that its row does not show whole, or that has fields. */
function Whole({ line }: { readonly line: LogLine }) {
  const text = plainText(cleanText(line.text));
  if (text.length < LONG && line.data === undefined) return null;
  return (
    <div className="flex min-h-0 flex-col gap-2 overflow-y-auto px-3 pb-3">
      <pre className="font-mono text-xs break-words whitespace-pre-wrap">{text}</pre>
      {line.data === undefined ? null : <JsonView value={line.data} label="Fields of the line" />}
    </div>
  );
}

async function readLines(
  { run, attempt, range }: Pick<Props, "run" | "attempt" | "range">,
  signal: AbortSignal,
): Promise<readonly LogLine[]> {
  const query = { from: range.from, limit: range.to - range.from + 1 };
  return (await server.call("readLog", { params: { run, attempt }, query }, { signal })).lines;
}
