import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { openBuild } from "../following/open-build.ts";
import { countText } from "../output/count-text.ts";
import { tableText } from "../output/table-text.ts";

/** `millrace list`. */
export async function list(call: CommandCall): Promise<ExitCode> {
  const { console } = call;
  const { flows, diagnostics } = await openBuild(call);
  const specs = flows.map(({ spec }) => spec).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const spec of specs) {
    const { name, description, owner, tags, place, nodes, params } = spec;
    const tasks = nodes.filter(({ kind }) => kind === "task").length;
    console.record({ type: "flow", name, description, owner, tags, place, tasks, params: params?.jsonSchema ?? null });
  }
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  if (errors > 0) {
    const text = `${countText(errors, "error")} in the project; flows may be missing here. See \`millrace check\`.`;
    console.complain(`${console.errorStyle.yellow("warning:")} ${text}`);
  }
  if (console.quiet) {
    console.print(specs.map(({ name }) => name));
    return EXIT.success;
  }
  if (specs.length === 0) {
    console.print("No flows. A flow is a file in flows/ that exports what `flow(…)` returns.");
    return EXIT.success;
  }
  const rows = specs.map((spec) => [
    console.style.bold(spec.name),
    String(spec.nodes.filter(({ kind }) => kind === "task").length),
    spec.description ?? "",
    console.style.dim([spec.owner ?? "", ...spec.tags.map((tag) => `#${tag}`)].filter((text) => text !== "").join(" ")),
  ]);
  const columns = [
    { title: "FLOW" },
    { title: "TASKS", align: "right" },
    { title: "DESCRIPTION" },
    { title: "" },
  ] as const;
  console.print(tableText(columns, rows, console.style.dim));
  return EXIT.success;
}
