import type { VersionFlow } from "@millrace/core";
import type { Style } from "../output/style.ts";
import { tableText } from "../output/table-text.ts";

/** The flows of a build, for `l`. */
export async function flowTable(flows: readonly VersionFlow[], style: Style): Promise<string[]> {
  if (flows.length === 0) return ["No flows. A flow is a file in flows/ that exports what `flow(…)` returns."];
  const { flowText } = await import("./diff-text.ts");
  const specs = flows.map(({ spec }) => spec).sort((a, b) => (a.name < b.name ? -1 : 1));
  const rows = specs.map((spec) => [style.bold(spec.name), flowText(spec), style.dim(spec.place?.file ?? "")]);
  return tableText([{ title: "FLOW" }, { title: "" }, { title: "FILE" }], rows, style.dim);
}
