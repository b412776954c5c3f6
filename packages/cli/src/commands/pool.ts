import { didYouMean, MillraceError } from "@millrace/core";
import type { PoolChange, PoolOverview } from "@millrace/server";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { readCount, withRuntime } from "../following/open-runtime.ts";
import { poolRecord, poolTable, poolText } from "../pool-view/pool-text.ts";
import { holderText } from "../server-view/server-text.ts";

const DEFAULT_LIMIT = 20;
/** How many arguments each takes, `what` included. */
const TAKES: Readonly<Record<string, readonly string[]>> = {
  list: [],
  show: ["name"],
  set: ["name", "slots"],
  delete: ["name"],
};

/** `millrace pool <what> [name] [slots]`. */
export async function pool(call: CommandCall): Promise<ExitCode> {
  const [what = "", name = "", slots = ""] = call.arguments;
  checkUse(call, what);
  switch (what) {
    case "show":
      return await show(call, name);
    case "set":
      return await change(call, {
        kind: "set_pool",
        pool: name,
        slots: readSlots(slots),
        description: call.options.text("description") ?? null,
      });
    case "delete":
      return await change(call, { kind: "delete_pool", pool: name });
    default:
      return await list(call);
  }
}

/** Arguments and options where they would mean nothing are a mistake. */
function checkUse({ arguments: given, options }: CommandCall, what: string): void {
  const wanted = TAKES[what] ?? [];
  const usage = ["millrace pool", what, ...wanted.map((name) => `<${name}>`)].join(" ");
  const missing = wanted[given.length - 1];
  if (missing !== undefined) {
    throw new MillraceError("USAGE", `pool ${what}: <${missing}> is missing.`, { hint: `Write \`${usage}\`.` });
  }
  const odd = given[wanted.length + 1];
  if (odd !== undefined) {
    throw new MillraceError("USAGE", `pool ${what}: "${odd}" is one argument too many.`, {
      hint: `Write \`${usage}\`.`,
    });
  }
  const option = [...(what === "set" ? [] : ["description"]), ...(what === "show" ? [] : ["limit"])].find(
    (each) => options.text(each) !== undefined,
  );
  if (option === undefined) return;
  throw new MillraceError("USAGE", `pool ${what} takes no --${option}.`, { hint: "See `millrace pool --help`." });
}

function readSlots(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new MillraceError("USAGE", `A pool cannot have "${text}" slots.`, {
    hint: "Give a whole number; 0 holds back everything that needs the pool.",
  });
}

async function list(call: CommandCall): Promise<ExitCode> {
  const { console } = call;
  const pools = await readPools(call, DEFAULT_LIMIT);
  for (const each of pools) console.record(poolRecord(each));
  if (console.quiet) console.print(pools.map(({ name }) => name));
  else if (pools.length === 0)
    console.print("No pools. Declare them in millrace.config.ts, or `millrace pool set` one.");
  else console.print(poolTable(pools, console.style));
  return EXIT.success;
}

async function show(call: CommandCall, name: string): Promise<ExitCode> {
  const { console } = call;
  const limit = readCount(call.options.text("limit"), "--limit") ?? DEFAULT_LIMIT;
  const pools = await readPools(call, limit);
  const found = pools.find((each) => each.name === name);
  if (found === undefined) {
    const names = pools.map((each) => each.name);
    throw new MillraceError("UNKNOWN_POOL", `There is no pool "${name}".`, {
      hint: didYouMean(name, names, "pools"),
    });
  }
  console.record(poolRecord(found));
  console.print(poolText(found, console.style, Date.now()));
  return EXIT.success;
}

async function readPools(call: CommandCall, waiters: number): Promise<readonly PoolOverview[]> {
  return await withRuntime(call, { versions: "stored", role: "reader" }, (runtime) => runtime.pools(waiters));
}

async function change({ console, projectDir }: CommandCall, command: PoolChange): Promise<ExitCode> {
  const { changePool, openProject } = await import("@millrace/server");
  const leader = await changePool(openProject(projectDir), command);
  const by = leader === null ? "" : ` (by ${holderText(leader)}, which leads)`;
  const { pool: name } = command;
  if (command.kind === "set_pool") {
    const { slots } = command;
    console.record({ type: "pool.set", pool: name, slots, leader });
    console.print(`pool ${name} has ${slots === 1 ? "1 slot" : `${slots} slots`} now${by}`);
  } else {
    console.record({ type: "pool.deleted", pool: name, leader });
    console.print(`the size of pool ${name} was taken back${by}`);
  }
  return EXIT.success;
}
