import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  type CommandAnswer,
  didYouMean,
  type EncodedText,
  encode,
  MillraceError,
  refusalOf,
  type TickRow,
  type TriggerSpec,
} from "@millrace/core";
import type { Runtime } from "@millrace/server";
import { checkUse } from "../command-line/check-use.ts";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { readCount, withRuntime } from "../following/open-runtime.ts";
import {
  type ListedTrigger,
  tickRecord,
  tickTable,
  triggerRecord,
  triggerTable,
} from "../trigger-view/trigger-text.ts";

const DEFAULT_LIMIT = 20;
const USES = {
  list: { takes: [] },
  ticks: { takes: ["flow?", "trigger?"], options: ["limit"] },
  pause: { takes: ["flow", "trigger?"], options: ["reason"] },
  resume: { takes: ["flow", "trigger?"] },
  fire: { takes: ["flow", "trigger?"], options: ["payload", "key"] },
} as const;

/** `millrace trigger <what> [flow] [trigger]`. */
export async function trigger(call: CommandCall): Promise<ExitCode> {
  checkUse(call, "trigger", { uses: USES, own: ["limit", "reason", "payload", "key"] });
  const [what = "list"] = call.arguments;
  switch (what) {
    case "ticks":
      return await ticks(call);
    case "pause":
    case "resume":
      return await hold(call);
    case "fire":
      return await fire(call);
    default:
      return await list(call);
  }
}

async function list(call: CommandCall): Promise<ExitCode> {
  const { console } = call;
  return await withRuntime(call, { versions: "stored", role: "reader" }, async (runtime) => {
    const triggers = await readTriggers(runtime);
    for (const each of triggers) console.record(triggerRecord(each));
    if (console.quiet) console.print(triggers.map(({ flow, spec }) => `${flow} ${spec.name}`));
    else if (triggers.length === 0) console.print("No triggers. Flows have them in their option `triggers`.");
    else console.print(triggerTable(triggers, console.style));
    return EXIT.success;
  });
}

async function readTriggers(runtime: Runtime): Promise<readonly ListedTrigger[]> {
  const { triggers } = runtime.store;
  const rows = await triggers.list();
  const specs = await activeTriggers(runtime);
  return await Promise.all(
    specs.map(async ({ flow, spec }) => {
      const [lastTick] = await triggers.listTicks({ flow, trigger: spec.name, limit: 1 });
      const row = rows.find((each) => each.flow === flow && each.name === spec.name);
      return { flow, spec, row, lastTick };
    }),
  );
}

async function activeTriggers(
  runtime: Runtime,
): Promise<readonly { readonly flow: string; readonly spec: TriggerSpec }[]> {
  const version = await runtime.store.activeVersion();
  if (version === undefined) return [];
  const { flows } = await runtime.flows(version);
  return flows.flatMap(({ spec: flow }) => flow.triggers.map((spec) => ({ flow: flow.name, spec })));
}

async function ticks(call: CommandCall): Promise<ExitCode> {
  const { console } = call;
  const [, flow, name] = call.arguments;
  const limit = readCount(call.options.text("limit"), "--limit") ?? DEFAULT_LIMIT;
  return await withRuntime(call, { versions: "stored", role: "reader" }, async (runtime) => {
    const filter = { ...(flow === undefined ? {} : { flow }), ...(name === undefined ? {} : { trigger: name }), limit };
    const found: readonly TickRow[] = await runtime.store.triggers.listTicks(filter);
    for (const tick of found) console.record(tickRecord(tick));
    if (found.length === 0) console.print("Nothing came yet.");
    else console.print(tickTable(found, console.style));
    return EXIT.success;
  });
}

async function hold(call: CommandCall): Promise<ExitCode> {
  const { console } = call;
  const [what, flow = "", name = null] = call.arguments;
  const reason = call.options.text("reason") ?? null;
  return await withRuntime(call, { versions: "stored" }, async (runtime) => {
    const answer =
      what === "pause"
        ? await runtime.submit({ kind: "pause_trigger", flow, trigger: name, reason })
        : await runtime.submit({ kind: "resume_trigger", flow, trigger: name });
    if (!answer.ok) throw refusalOf(answer.error);
    const meant = name === null ? `all schedules and triggers of ${flow}` : `${name} of ${flow}`;
    console.record({ type: `trigger.${what}d`, flow, trigger: name });
    console.print(what === "pause" ? `paused ${meant}` : `resumed ${meant}`);
    return EXIT.success;
  });
}

async function fire(call: CommandCall): Promise<ExitCode> {
  const [, flow = "", name] = call.arguments;
  const payload = readPayload(call.options.text("payload") ?? "{}");
  const key = call.options.text("key") ?? randomUUID();
  return await withRuntime(call, { versions: "stored" }, async (runtime) => {
    const spec = await findTrigger(runtime, flow, name);
    const answer = await runtime.submit({
      kind: "fire_trigger",
      flow,
      trigger: spec.name,
      key,
      payload: payloadFor(spec, payload),
    });
    return await tellFired(runtime, call, answer);
  });
}

async function findTrigger(runtime: Runtime, flow: string, name: string | undefined): Promise<TriggerSpec> {
  const all = await activeTriggers(runtime);
  const ofFlow = all.filter((each) => each.flow === flow).map(({ spec }) => spec);
  const found = name === undefined && ofFlow.length === 1 ? ofFlow[0] : ofFlow.find((spec) => spec.name === name);
  if (found !== undefined) return found;
  if (ofFlow.length === 0) {
    throw new MillraceError("UNKNOWN_TRIGGER", `The flow "${flow}" has no trigger.`, {
      hint: didYouMean(flow, [...new Set(all.map((each) => each.flow))], "flows with triggers"),
    });
  }
  const names = ofFlow.map((spec) => spec.name);
  if (name === undefined) {
    throw new MillraceError("USAGE", `The flow "${flow}" has several triggers.`, {
      hint: `Say which: ${names.join(", ")}.`,
    });
  }
  throw new MillraceError("UNKNOWN_TRIGGER", `The flow "${flow}" has no trigger "${name}".`, {
    hint: didYouMean(name, names, "triggers"),
  });
}

function readPayload(text: string): unknown {
  const json = text === "-" ? readFileSync(0, "utf8") : text;
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new MillraceError("USAGE", "--payload is not JSON.", { hint: `Write it like '{"order": 7}'.`, cause });
  }
}

/** A webhook's event has more to it than a body. */
function payloadFor({ kind }: TriggerSpec, value: unknown): EncodedText {
  return encode(kind === "webhook" ? { body: value, headers: {} } : value);
}

/** Says what became of the event. Whoever leads alone sees its run to its end: nobody else would. */
async function tellFired(runtime: Runtime, { console }: CommandCall, answer: CommandAnswer): Promise<ExitCode> {
  if (!answer.ok) throw refusalOf(answer.error);
  const { run, event = { outcome: "run", reason: null } } = answer;
  console.record({ type: "trigger.fired", run, ...event });
  const reason = event.reason === null ? "" : `: ${event.reason}`;
  console.print(console.quiet ? (run ?? "") : `${event.outcome}${run === null ? "" : ` ${run}`}${reason}`);
  if (run === null || runtime.role !== "leader") return EXIT.success;
  const { state } = await runtime.whenSettled(run);
  console.record({ type: "run.finished", run, state });
  console.print(`run ${run}: ${state}`);
  return state === "success" ? EXIT.success : EXIT.failed;
}
