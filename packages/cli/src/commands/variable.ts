import type { OpenVault } from "@millrace/server";
import { checkUse } from "../command-line/check-use.ts";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { entryRecord, variableTable } from "../security-view/vault-text.ts";

const USES = {
  list: { takes: [] },
  get: { takes: ["name"] },
  set: { takes: ["name", "value"], options: ["description"] },
  delete: { takes: ["name"] },
} as const;

/** `millrace variable <what> [name] [value]`. */
export async function variable(call: CommandCall): Promise<ExitCode> {
  checkUse(call, "variable", { uses: USES, own: ["description"] });
  const { openProject, userName, withVault } = await import("@millrace/server");
  const [what = ""] = call.arguments;
  const actor = userName();
  return await withVault(openProject(call.projectDir), async (open) => {
    switch (what) {
      case "get":
        return await get(call, open);
      case "set":
        return await set(call, open, actor);
      case "delete":
        return await remove(call, open, actor);
      default:
        return await list(call, open);
    }
  });
}

async function get({ console, arguments: [, name = ""] }: CommandCall, { vault }: OpenVault): Promise<ExitCode> {
  const value = await vault.read("variable", name);
  console.record({ type: "variable", variable: name, value });
  console.print(value);
  return EXIT.success;
}

async function set(call: CommandCall, { vault, record }: OpenVault, actor: string): Promise<ExitCode> {
  const { console, options } = call;
  const [, name = "", text = ""] = call.arguments;
  const former = (await vault.list("variable")).find((each) => each.name === name);
  const entry = await vault.set("variable", name, {
    value: { text },
    description: options.text("description"),
    actor,
  });
  await record({
    actor,
    action: "setVariable",
    target: `variable ${name}`,
    before: former === undefined ? null : { version: former.version, value: former.value },
    after: { version: entry.version, value: entry.value },
  });
  console.record(entryRecord("variable.set", entry));
  console.print(`variable ${name} is set (version ${entry.version})`);
  return EXIT.success;
}

async function remove(
  { console, arguments: [, name = ""] }: CommandCall,
  { vault, record }: OpenVault,
  actor: string,
): Promise<ExitCode> {
  await vault.remove("variable", name, actor);
  await record({ actor, action: "deleteVariable", target: `variable ${name}` });
  console.record({ type: "variable.deleted", variable: name });
  console.print(`variable ${name} is deleted`);
  return EXIT.success;
}

async function list({ console }: CommandCall, { vault }: OpenVault): Promise<ExitCode> {
  const entries = await vault.list("variable");
  for (const each of entries) console.record(entryRecord("variable", each));
  if (console.quiet) console.print(entries.map(({ name }) => name));
  else if (entries.length === 0) console.print("No variables. `millrace variable set <name> <value>` keeps one.");
  else console.print(variableTable(entries, console.style));
  return EXIT.success;
}
