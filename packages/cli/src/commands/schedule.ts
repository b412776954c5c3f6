import { MillraceError } from "@millrace/core";
import type { CommandCall } from "../command-line/command-spec.ts";
import type { ExitCode } from "../command-line/exit-code.ts";

type Act = (call: CommandCall) => Promise<ExitCode>;

/** What each takes, beside `what` and the options of all commands. */
interface Use {
  readonly options: readonly string[];
  load(): Promise<Act>;
}

const USES: Readonly<Record<string, Use>> = {
  list: { options: [], load: async () => (await import("./schedule/list.ts")).list },
  ticks: { options: ["limit"], load: async () => (await import("./schedule/ticks.ts")).ticks },
  pause: { options: ["reason"], load: async () => (await import("./schedule/hold.ts")).hold },
  resume: { options: [], load: async () => (await import("./schedule/hold.ts")).hold },
  next: {
    options: ["cron", "time-zone", "from", "count", "batch"],
    load: async () => (await import("./schedule/next.ts")).next,
  },
  explain: {
    options: ["cron", "time-zone", "from", "count"],
    load: async () => (await import("./schedule/explain.ts")).explain,
  },
};
const OPTIONS = ["cron", "time-zone", "from", "count", "limit", "reason"];
const FLAGS = ["batch"];

/** `millrace schedule <what> [flow] [schedule]`. */
export async function schedule(call: CommandCall): Promise<ExitCode> {
  const [what = ""] = call.arguments;
  const use = USES[what] as Use;
  const { options } = call;
  const given = [
    ...OPTIONS.filter((name) => options.text(name) !== undefined),
    ...FLAGS.filter((name) => options.flag(name)),
  ];
  const odd = given.find((name) => !use.options.includes(name));
  if (odd !== undefined) {
    const hint = "See `millrace schedule --help`.";
    throw new MillraceError("USAGE", `schedule ${what} takes no --${odd}.`, { hint });
  }
  return await (await use.load())(call);
}
