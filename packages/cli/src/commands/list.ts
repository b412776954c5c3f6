import type { SourcePlace } from "@millrace/core";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { openBuild } from "../following/open-build.ts";
import { countText } from "../output/count-text.ts";
import { tableText } from "../output/table-text.ts";
import { readServerAddress, type ServerAddress } from "../remote/server-address.ts";

/** `millrace list`. */
export async function list(call: CommandCall): Promise<ExitCode> {
  const address = readServerAddress(call);
  if (address !== undefined) return await listThere(call, address);
  const { console } = call;
  const { flows, diagnostics } = await openBuild(call);
  const listed = flows.map(({ spec }): ListedFlow => {
    const { name, description, owner, tags, place, nodes, params } = spec;
    const tasks = nodes.filter(({ kind }) => kind === "task").length;
    return { name, description, owner, tags, place, tasks, params: params?.jsonSchema ?? null };
  });
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  if (errors > 0) {
    const text = `${countText(errors, "error")} in the project; flows may be missing here. See \`millrace check\`.`;
    console.complain(`${console.errorStyle.yellow("warning:")} ${text}`);
  }
  print(listed, call);
  return EXIT.success;
}

async function listThere(call: CommandCall, address: ServerAddress): Promise<ExitCode> {
  const { connectTo } = await import("../remote/remote-access.ts");
  const flows = await connectTo(address).flows();
  print(
    flows.map(({ name, description, owner, tags, tasks }) => ({ name, description, owner, tags, tasks })),
    call,
  );
  return EXIT.success;
}

/** A flow in one line. What a server does not tell in its list is left out. */
interface ListedFlow {
  readonly name: string;
  readonly description: string | null;
  readonly owner: string | null;
  readonly tags: readonly string[];
  readonly tasks: number;
  readonly place?: SourcePlace | null;
  readonly params?: unknown;
}

function print(flows: readonly ListedFlow[], { console }: CommandCall): void {
  const sorted = [...flows].sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const flow of sorted) console.record({ type: "flow", ...flow });
  if (console.quiet) {
    console.print(sorted.map(({ name }) => name));
    return;
  }
  if (sorted.length === 0) {
    console.print("No flows. A flow is a file in flows/ that exports what `flow(…)` returns.");
    return;
  }
  const rows = sorted.map(({ name, tasks, description, owner, tags }) => [
    console.style.bold(name),
    String(tasks),
    description ?? "",
    console.style.dim([owner ?? "", ...tags.map((tag) => `#${tag}`)].filter((text) => text !== "").join(" ")),
  ]);
  const columns = [
    { title: "FLOW" },
    { title: "TASKS", align: "right" },
    { title: "DESCRIPTION" },
    { title: "" },
  ] as const;
  console.print(tableText(columns, rows, console.style.dim));
}
