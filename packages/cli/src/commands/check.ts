import { isMillraceError } from "@millrace/core";
import type { BuildResult, Diagnostic } from "@millrace/server";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { openBuild } from "../following/open-build.ts";
import { countText } from "../output/count-text.ts";
import { diagnosticText } from "../output/diagnostic-text.ts";

/** `millrace check`. */
export async function check(call: CommandCall): Promise<ExitCode> {
  const { console } = call;
  const { style } = console;
  const build = await openBuild(call);
  const { flows } = build;
  const diagnostics = [...build.diagnostics, ...(await unsetSecrets(call, build))];
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

/** A check needs no database; where there is one that cannot be asked, it says so and goes on. */
async function unsetSecrets({ console, projectDir }: CommandCall, build: BuildResult): Promise<readonly Diagnostic[]> {
  const { missingSecrets, openProject } = await import("@millrace/server");
  try {
    return await missingSecrets(openProject(projectDir), build);
  } catch (error) {
    if (!isMillraceError(error)) throw error;
    console.complain(`Whether all secrets are set is not known: ${error.message}`);
    return [];
  }
}
