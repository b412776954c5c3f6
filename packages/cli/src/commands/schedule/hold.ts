import { MillraceError, refusalOf } from "@millrace/core";
import type { CommandCall } from "../../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../../command-line/exit-code.ts";
import { withRuntime } from "../../following/open-runtime.ts";

/** `millrace schedule pause <flow> [schedule]` and `resume`. */
export async function hold(call: CommandCall): Promise<ExitCode> {
  const { console } = call;
  const [what = "", flow, name = null] = call.arguments;
  if (flow === undefined) {
    const hint = `Write \`millrace schedule ${what} <flow> [schedule]\`.`;
    throw new MillraceError("USAGE", `schedule ${what}: <flow> is missing.`, { hint });
  }
  const reason = call.options.text("reason") ?? null;
  return await withRuntime(call, { versions: "stored" }, async (runtime) => {
    const answer =
      what === "pause"
        ? await runtime.submit({ kind: "pause_trigger", flow, trigger: name, reason })
        : await runtime.submit({ kind: "resume_trigger", flow, trigger: name });
    if (!answer.ok) throw refusalOf(answer.error);
    const meant = name === null ? `all schedules and triggers of ${flow}` : `${name} of ${flow}`;
    console.record({ type: `schedule.${what}d`, flow, schedule: name });
    console.print(`${what}d ${meant}`);
    return EXIT.success;
  });
}
