import type { VaultKind } from "@millrace/core";
import type { Runtime } from "../../runtime/runtime.ts";
import { readStoredConfig, type SecretUse, secretUses, tasksThat } from "../../security/open-vault.ts";
import { ProjectVault, type VaultEntry } from "../../security/project-vault.ts";
import type { Call, Handlers } from "../call.ts";
import { submit } from "../submit.ts";
import { instant, maybeInstant } from "../views/values.ts";
import { flowsOf } from "./active-flows.ts";

type OfSecrets = "listSecrets" | "setSecret" | "deleteSecret";
type OfVariables = "listVariables" | "setVariable" | "deleteVariable";
type Names = OfSecrets | OfVariables | "listConnections" | "listPartitionKeys" | "changePartitions";

/**
 * What runs are given beside their parameters. A secret's value comes in and never goes out; references to the server's own
 * files and environment are set on the server alone, since whoever sets one reads what it names.
 */
export const VAULT: Handlers<Names> = {
  async listSecrets(call) {
    const { runtime } = call;
    const uses = await usesNow(runtime);
    const items = (await vaultOf(call).list("secret")).map((entry) => secretView(runtime, entry, uses));
    const known = new Set(items.map(({ name }) => name));
    const missing = [...uses]
      .filter(([name]) => !known.has(name))
      .map(([name, by]) => ({ name, usedBy: by.map(useView) }));
    return { items, next: null, missing };
  },

  async setSecret(call) {
    const entry = await set(call, "secret", call.params.secret);
    call.note.after = { version: entry.version };
    return secretView(call.runtime, entry, await usesNow(call.runtime));
  },

  deleteSecret: (call) => remove(call, "secret", call.params.secret),

  listVariables: async (call) => ({
    items: (await vaultOf(call).list("variable")).map((entry) => variableView(call.runtime, entry)),
    next: null,
  }),

  async setVariable(call) {
    const name = call.params.variable;
    const before = (await vaultOf(call).list("variable")).find((entry) => entry.name === name);
    const entry = await set(call, "variable", name);
    call.note.before = before === undefined ? null : { version: before.version, value: before.value };
    call.note.after = { version: entry.version, value: entry.value };
    return variableView(call.runtime, entry);
  },

  deleteVariable: (call) => remove(call, "variable", call.params.variable),

  async listConnections({ runtime }) {
    const config = await readStoredConfig(runtime.store);
    const { flows } = await flowsOf(runtime, undefined);
    const items = Object.entries(config?.connections ?? {}).map(([name, { kind, slots, secrets = [] }]) => {
      const usedBy = flows
        .filter(({ connections }) => connections.includes(name))
        .map((flow) => ({ flow: flow.name, tasks: [...tasksThat(flow, (node) => node.connections?.includes(name))] }));
      return { name, kind, slots, usedBy, secrets: [...secrets] };
    });
    return { items, next: null };
  },

  async listPartitionKeys({ runtime, params }) {
    return { items: [...(await runtime.store.triggers.listPartitionKeys(params.partitions))], next: null };
  },

  async changePartitions(call) {
    const { add, remove: taken } = call.body;
    const name = call.params.partitions;
    await submit(call, `partitions ${name}`, { kind: "change_partitions", name, add, remove: taken });
    return { ok: true };
  },
};

async function usesNow(runtime: Runtime): Promise<ReadonlyMap<string, readonly SecretUse[]>> {
  const { flows } = await flowsOf(runtime, undefined);
  return secretUses(flows, await readStoredConfig(runtime.store));
}

function vaultOf({ runtime }: Pick<Call<"listSecrets">, "runtime">): ProjectVault {
  return new ProjectVault(runtime.store.vault, runtime.project);
}

function set(call: Call<"setSecret" | "setVariable">, kind: VaultKind, name: string): Promise<VaultEntry> {
  const { value, description } = call.body;
  return vaultOf(call).set(kind, name, { value: { text: value }, description, actor: call.actor });
}

async function remove(
  call: Call<"deleteSecret" | "deleteVariable">,
  kind: VaultKind,
  name: string,
): Promise<{ ok: true }> {
  await vaultOf(call).remove(kind, name, call.actor);
  return { ok: true };
}

function useView({ tasks, ...use }: SecretUse) {
  return { ...use, tasks: [...tasks] };
}

function secretView(
  runtime: Pick<Runtime, "vaultReadMs">,
  { name, version, source, description, setBy, setAtMs }: VaultEntry,
  uses: ReadonlyMap<string, readonly SecretUse[]>,
) {
  const readAt = maybeInstant(runtime.vaultReadMs("secret", name));
  const usedBy = (uses.get(name) ?? []).map(useView);
  return { name, version, source, description, setBy, setAt: instant(setAtMs), usedBy, readAt };
}

function variableView(
  runtime: Pick<Runtime, "vaultReadMs">,
  { name, version, value, source, description, setBy, setAtMs }: VaultEntry,
) {
  const readAt = maybeInstant(runtime.vaultReadMs("variable", name));
  // One that is kept elsewhere is read where it is asked for; here it is named.
  return { name, version, value: value ?? source, description, setBy, setAt: instant(setAtMs), readAt };
}
