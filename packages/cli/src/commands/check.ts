import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { openBuild } from "../following/open-build.ts";
import { countText } from "../output/count-text.ts";
import { diagnosticText } from "../output/diagnostic-text.ts";

/** `millrace check`. */
export async function check(call: CommandCall): Promise<ExitCode> {
  const { console } = call;
  const { style } = console;
  const { flows, diagnostics } = await openBuild(call);
  for (const diagnostic of diagnostics) {
    console.record({ type: "diagnostic", ...diagnostic });
    console.print([...diagnosticText(diagnostic, style), ""]);
  }
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  const warnings = diagnostics.length - errors;
  const tasks = flows.reduce((sum, { spec }) => sum + spec.nodes.filter(({ kind }) => kind === "task").length, 0);
  console.record({ type: "check.finished", ok: errors === 0, errors, warnings, flows: flows.length, tasks });
  const found = `${countText(flows.length, "flow")}, ${countText(tasks, "task")}`;
  const wrong = [
    errors > 0 ? style.red(countText(errors, "error")) : "",
    warnings > 0 ? style.yellow(countText(warnings, "warning")) : "",
  ]
    .filter((text) => text !== "")
    .join(", ");
  console.note(
    errors === 0
      ? `${style.green("✓")} ${found}${wrong === "" ? "" : `, ${wrong}`}`
      : `${style.red("✗")} ${wrong} (usable: ${found})`,
  );
  return errors === 0 ? EXIT.success : EXIT.failed;
}
