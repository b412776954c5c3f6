import { EXIT } from "../command-line/exit-code.ts";
import { makeStyle, type Style, wantsColour } from "./style.ts";

/** What a command writes to. Results go to `out`, everything that explains or complains to `err`. */
export interface Console {
  readonly json: boolean;
  readonly quiet: boolean;
  /** For standard output. */
  readonly style: Style;
  /** For standard error. */
  readonly errorStyle: Style;
  /** Columns of the terminal, or of a page when there is none. */
  readonly columns: number;
  /** Standard output, when it is a terminal that can repaint. */
  readonly terminal: NodeJS.WriteStream | undefined;
  /** Lines on standard output. Nothing when `--json` is on. */
  print(lines: string | readonly string[]): void;
  /** Lines on standard output that `--quiet` leaves out too. */
  note(lines: string | readonly string[]): void;
  /** One record on standard output when `--json` is on; nothing otherwise. */
  record(record: Readonly<Record<string, unknown>>): void;
  /** Lines on standard error. */
  complain(lines: string | readonly string[]): void;
  /**
   * From now on the command does work that matters more than who reads of it: `millrace run | head -1` runs to its end.
   * Until then a command ends, without a word, when its reader has had enough.
   */
  outliveReader(): void;
}

export interface ConsoleOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly noColor: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const PAGE_COLUMNS = 100;

export function openConsole({ json, quiet, noColor, env }: ConsoleOptions): Console {
  const { stdout, stderr } = process;
  let outlivesReader = false;
  const closed = new Set<NodeJS.WriteStream>();
  for (const stream of [stdout, stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      closed.add(stream);
      if (stream === stdout && !outlivesReader) process.exit(EXIT.success);
    });
  }
  const write = (stream: NodeJS.WriteStream, lines: string | readonly string[]): void => {
    if (closed.has(stream)) return;
    const text = typeof lines === "string" ? lines : lines.join("\n");
    stream.write(`${text}\n`);
  };
  const colourOf = (stream: NodeJS.WriteStream): Style =>
    makeStyle(wantsColour({ isTerminal: stream.isTTY === true, noColor, env }));
  const print = (lines: string | readonly string[]): void => {
    if (!json && lines.length > 0) write(stdout, lines);
  };
  const canRepaint = stdout.isTTY === true && env["TERM"] !== "dumb" && (env["CI"] ?? "") === "" && !json && !quiet;
  return {
    json,
    quiet,
    style: colourOf(stdout),
    errorStyle: colourOf(stderr),
    columns: stdout.columns ?? PAGE_COLUMNS,
    terminal: canRepaint ? stdout : undefined,
    print,
    note: (lines) => {
      if (!quiet) print(lines);
    },
    record: (record) => {
      if (json) write(stdout, JSON.stringify(record));
    },
    complain: (lines) => write(stderr, lines),
    outliveReader: () => {
      outlivesReader = true;
    },
  };
}
