import type { RouteInput } from "@millrace/contract";
import { ROUTES } from "@millrace/contract";

type Body = RouteInput<"startRun">["body"];

/** What a run is asked for. */
export interface Asked {
  readonly flow: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly partition: string;
  /** Null for the active one. */
  readonly version: string | null;
  /** Which tasks. Without nodes: all. */
  readonly selection: { readonly kind: "only" | "from"; readonly nodes: readonly string[] };
}

/** What is sent. What is as it would be anyway is left out. */
export function bodyOf({ params, partition, version, selection: { kind, nodes } }: Asked): Body {
  return {
    params: { ...params },
    ...(partition === "" ? {} : { slice: { kind: "key", key: partition } as const }),
    ...(version === null ? {} : { version }),
    ...(nodes.length === 0 ? {} : { selection: { kind, nodes: [...nodes] } }),
  };
}

/** The same run on the command line, which runs the code as it is now. */
export function commandOf({ flow, params, partition, selection: { kind, nodes } }: Asked): string {
  const pairs = Object.entries(params).map(
    ([name, value]) => `--param ${quoted(`${name}=${typeof value === "string" ? value : JSON.stringify(value)}`)}`,
  );
  const words = [
    "millrace run",
    quoted(flow),
    ...(partition === "" ? [] : [`--partition ${quoted(partition)}`]),
    ...(nodes.length === 0 ? [] : [`--${kind} ${quoted(nodes.join(","))}`]),
    ...pairs,
  ];
  return words.join(" ");
}

/** The same run as a request. The token stays with whoever sends it. */
export function curlOf(origin: string, asked: Asked): string {
  const path = ROUTES.startRun.path.replace("{flow}", encodeURIComponent(asked.flow));
  const lines = [
    `curl -X POST ${quoted(`${origin}${path}`)}`,
    `-H "Authorization: Bearer $MILLRACE_TOKEN"`,
    `-H 'Content-Type: application/json'`,
    `-d ${quoted(JSON.stringify(bodyOf(asked)))}`,
  ];
  return lines.join(" \\\n  ");
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
