import { dynamicNames, type FlowSpec, type Store } from "@millrace/core";

/** Reads the keys that a flow's partitions have in the store, so that they can be asked for at once. */
export async function readKeysOf(
  { triggers }: Pick<Store, "triggers">,
  { partitions }: Pick<FlowSpec, "partitions">,
): Promise<(name: string) => readonly string[]> {
  const keys = new Map<string, readonly string[]>();
  for (const name of partitions === null ? [] : dynamicNames(partitions)) {
    keys.set(name, await triggers.listPartitionKeys(name));
  }
  return (name) => keys.get(name) ?? [];
}
