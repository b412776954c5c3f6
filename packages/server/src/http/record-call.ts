import { type RouteName, routeOf } from "@millrace/contract";
import type { Call } from "./call.ts";

/** Ask and are answered, though they are no `GET`. */
const READS: readonly RouteName[] = ["planBackfill", "planRerun", "planMark"];

/** Whether a route changes something: each call that succeeds is one row of the record. */
export function isRecorded(name: RouteName): boolean {
  return routeOf(name).method !== "GET" && !READS.includes(name);
}

/**
 * Writes what a call did into the record. The action is the operation's name, the target what its path names.
 *
 * @param answer what it was answered with: of that, what names the thing that was made.
 */
export async function recordCall(name: RouteName, call: Call<RouteName>, answer: unknown): Promise<void> {
  const { note, visit, runtime } = call;
  await runtime.audit.record({
    actor: actorOf(call),
    action: name,
    target: targetOf(name, call),
    from: `${visit.through} ${visit.from}`,
    before: note.before ?? null,
    after: note.after ?? afterOf(call, answer),
    ref: note.ref ?? null,
  });
}

/** Whoever logs in is nobody yet when the request begins, and whom it names when it succeeded. */
function actorOf({ actor, visit, body }: Call<RouteName>): string {
  return (visit.visitor === undefined ? textIn(body, "name") : undefined) ?? actor;
}

/** Of a path's parameters the last says what is meant, and those before it where it is. */
function targetOf(name: RouteName, { params, body }: Call<RouteName>): string {
  const kind = Object.keys(params).at(-1);
  if (kind !== undefined) return `${kind} ${Object.values(params).map(String).join("/")}`;
  const flow = textIn(body, "flow");
  if (flow !== undefined) return `flow ${flow}`;
  const named = textIn(body, "name");
  return named === undefined ? "project" : `${routeOf(name).tag.replace(/s$/, "")} ${named}`;
}

function afterOf({ body, note: { request } }: Call<RouteName>, answer: unknown): unknown {
  const sent = withoutSecrets(body);
  const made = MADE.map((name) => [name, textIn(answer, name)] as const).filter(([, value]) => value !== undefined);
  const all = {
    ...(isObject(sent) ? sent : {}),
    ...Object.fromEntries(made),
    ...(request === undefined ? {} : { request }),
  };
  return Object.keys(all).length === 0 ? null : all;
}

/** Fields of an answer that name what was made. None of them is ever a credential. */
const MADE = ["run", "backfill", "name", "id"];
/** Fields whose values are kept by nobody who only wants to know what happened. */
const SECRET = /^value$|pass(?:word|phrase)|secret|token|credential|authorization|api_?key/i;
const LEFT_OUT = "(left out)";

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, SECRET.test(name) ? LEFT_OUT : withoutSecrets(each)]),
  );
}

function textIn(value: unknown, name: string): string | undefined {
  const found = isObject(value) ? value[name] : undefined;
  return typeof found === "string" ? found : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
