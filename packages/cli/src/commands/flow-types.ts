import path from "node:path";
import { MillraceError } from "@millrace/core";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { flowTypesText, type TypedFlow } from "../flow-types/flow-types-text.ts";
import { FLOW_TYPES_FILE, isUpToDate, typedFlows, writeFlowTypes } from "../flow-types/write-flow-types.ts";
import { openBuild } from "../following/open-build.ts";
import { countText } from "../output/count-text.ts";
import { readServerAddress, type ServerAddress } from "../remote/server-address.ts";

/** `millrace types`. */
export async function flowTypes(call: CommandCall): Promise<ExitCode> {
  const { console, options } = call;
  const { flows, dir } = await readFlows(call);
  const given = options.text("out");
  const file = given === undefined ? path.join(dir, FLOW_TYPES_FILE) : path.resolve(given);
  if (options.flag("check")) {
    const fits = isUpToDate(file, flowTypesText(flows));
    console.record({ type: "types.checked", file, ok: fits });
    console.print(fits ? `${file} is up to date` : `${file} is not up to date: run \`millrace types\``);
    return fits ? EXIT.success : EXIT.failed;
  }
  const written = writeFlowTypes(file, flows);
  console.record({ type: "types.written", file, flows: flows.length, changed: written });
  console.print(`${written ? "wrote" : "unchanged:"} ${file}, ${countText(flows.length, "flow")}`);
  return EXIT.success;
}

async function readFlows(call: CommandCall): Promise<{ readonly flows: readonly TypedFlow[]; readonly dir: string }> {
  const address = readServerAddress(call);
  if (address !== undefined) return { flows: await readFlowsThere(address), dir: process.cwd() };
  const { openProject } = await import("@millrace/server");
  const { dir } = openProject(call.projectDir);
  const { flows, diagnostics } = await openBuild(call);
  if (diagnostics.every(({ severity }) => severity !== "error")) return { flows: typedFlows(flows), dir };
  throw new MillraceError("BUILD_FAILED", "The project has errors, and a flow of them would be missing.", {
    hint: "`millrace check` shows what is wrong.",
  });
}

async function readFlowsThere(address: ServerAddress): Promise<TypedFlow[]> {
  const { connectTo } = await import("../remote/remote-access.ts");
  const client = connectTo(address);
  const typed: TypedFlow[] = [];
  for (const { name, description } of await client.flows()) {
    // A server says nothing of parameters also where their validator does not describe itself.
    typed.push({ name, description, params: (await client.flow(name).get()).params ?? undefined });
  }
  return typed;
}
