import { MillraceError } from "@millrace/core";
import type { OpenVault } from "@millrace/server";
import { checkUse } from "../command-line/check-use.ts";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { countText } from "../output/count-text.ts";
import { readSecretInput } from "../security-view/read-secret-input.ts";
import { entryRecord, secretTable } from "../security-view/vault-text.ts";

const USES = {
  list: { takes: [] },
  set: { takes: ["name"], options: ["from", "description"] },
  delete: { takes: ["name"] },
  "rotate-key": { takes: [] },
} as const;

/** `millrace secret <what> [name]`. */
export async function secret(call: CommandCall): Promise<ExitCode> {
  const [what = ""] = call.arguments;
  checkUse(call, "secret", { uses: USES, own: ["from", "description"] });
  if (call.options.flag("forget") && what !== "rotate-key") {
    throw new MillraceError("USAGE", `secret ${what} takes no --forget.`, { hint: "See `millrace secret --help`." });
  }
  const { openProject, userName, withVault } = await import("@millrace/server");
  const project = openProject(call.projectDir);
  switch (what) {
    case "set":
      return await set(call, (work) => withVault(project, work), userName());
    case "delete":
      return await withVault(project, (open) => remove(call, open, userName()));
    case "rotate-key":
      return await withVault(project, (open) => rotate(call, open, userName()));
    default:
      return await withVault(project, (open) => list(call, open));
  }
}

type InVault = (work: (open: OpenVault) => Promise<ExitCode>) => Promise<ExitCode>;

async function set(call: CommandCall, inVault: InVault, actor: string): Promise<ExitCode> {
  const { console, options } = call;
  const [, name = ""] = call.arguments;
  const reference = options.text("from");
  // The database is not held while somebody thinks about it.
  const value = reference === undefined ? { text: await readSecretInput(`Value of ${name}: `) } : { reference };
  return await inVault(async ({ vault, record }) => {
    const entry = await vault.set("secret", name, { value, description: options.text("description"), actor });
    const after = { version: entry.version, source: entry.source };
    await record({ actor, action: "setSecret", target: `secret ${name}`, after });
    console.record(entryRecord("secret.set", entry));
    console.print(`secret ${name} is set (version ${entry.version})`);
    return EXIT.success;
  });
}

async function remove({ console, arguments: [, name = ""] }: CommandCall, open: OpenVault, actor: string) {
  await open.vault.remove("secret", name, actor);
  await open.record({ actor, action: "deleteSecret", target: `secret ${name}` });
  console.record({ type: "secret.deleted", secret: name });
  console.print(`secret ${name} is deleted`);
  return EXIT.success;
}

async function rotate({ console, options }: CommandCall, open: OpenVault, actor: string): Promise<ExitCode> {
  const { keyId, place, resealed, forgotten } = await open.vault.rotateKey(options.flag("forget"));
  await open.record({ actor, action: "rotateKey", target: "secrets", after: { keyId, resealed, forgotten } });
  console.record({ type: "secret.key_rotated", key: keyId, place, resealed, forgotten });
  console.print(`${countText(resealed, "secret")} encrypted anew with the key ${keyId} (${place})`);
  if (forgotten > 0) console.print(`${countText(forgotten, "key")} that nothing needs any more taken out`);
  return EXIT.success;
}

async function list({ console }: CommandCall, open: OpenVault): Promise<ExitCode> {
  const entries = await open.vault.list("secret");
  const readBy = await open.uses();
  for (const each of entries) console.record({ ...entryRecord("secret", each), flows: readBy.get(each.name) ?? [] });
  if (console.quiet) console.print(entries.map(({ name }) => name));
  else if (entries.length === 0) console.print("No secrets. `millrace secret set <name>` keeps one.");
  else console.print(secretTable(entries, readBy, console.style));
  return EXIT.success;
}
