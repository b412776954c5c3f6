import type { Connection } from "../../src/kinds/connections/open-connections.ts";
import type { Resumed, TaskContext } from "../../src/task/context.ts";

/** A context as a worker gives it, which keeps what a task said. */
export interface RecordedContext {
  readonly context: TaskContext;
  /** `info text`, `stderr text`, in the order they came. */
  readonly lines: string[];
  readonly reports: { readonly kind: string; readonly report: unknown }[];
  readonly abort: AbortController;
}

export interface ContextGiven {
  readonly projectDir?: string;
  readonly params?: unknown;
  readonly resumed?: Resumed | null;
  readonly window?: TaskContext["window"];
  readonly scheduledAt?: Date;
  readonly partition?: TaskContext["partition"];
  readonly connection?: (name: string) => Connection | undefined;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly onLine?: (line: string) => void;
}

const WINDOW = { start: new Date("2026-03-01T00:00:00Z"), end: new Date("2026-03-02T00:00:00Z") };

export function recordedContext(given: ContextGiven = {}): RecordedContext {
  const lines: string[] = [];
  const reports: { kind: string; report: unknown }[] = [];
  const abort = new AbortController();
  const say = (kind: string) => (text: string) => {
    lines.push(`${kind} ${text}`);
    given.onLine?.(`${kind} ${text}`);
  };
  const keep = (kind: string) => (report: unknown) => void reports.push({ kind, report });
  const context: TaskContext = {
    window: given.window ?? WINDOW,
    scheduledAt: given.scheduledAt ?? null,
    partition: given.partition ?? null,
    log: {
      debug: say("debug"),
      info: say("info"),
      warn: say("warn"),
      error: say("error"),
      output: (stream, line) => say(stream)(line),
    },
    signal: abort.signal,
    params: given.params ?? {},
    attempt: { id: 7, number: 2, max: 3 },
    run: { id: "01RUN", flow: "daily" },
    task: { id: "work", label: "work", item: "", index: null },
    report: { materialization: keep("materialization"), check: keep("check"), custom: keep("custom") },
    resumed: given.resumed ?? null,
    connection: (name) => given.connection?.(name) as Connection,
    secret: async (name) => given.secrets?.[name] ?? `no secret ${name}`,
    variable: async (name) => `no variable ${name}`,
    apiToken: async () => "a token",
    projectDir: given.projectDir ?? process.cwd(),
  };
  return { context, lines, reports, abort };
}
