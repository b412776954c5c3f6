import { MillraceError } from "@millrace/core";
import { answer, refuse } from "../answers.ts";
import type { StoredCommandOf } from "../command-handlers.ts";
import type { World } from "../world.ts";

/** Adds keys of dynamic partitions and takes others away. Those that are there, or are not, change nothing. */
export function changePartitions(world: World, { id, command }: StoredCommandOf<"change_partitions">): void {
  const { name, add, remove } = command;
  if (name === "" || [...add, ...remove].includes("")) {
    refuse(world, id, new MillraceError("UNKNOWN_PARTITION", "A name or a key of dynamic partitions is empty."));
    return;
  }
  world.later(
    () => world.partitions.read(name),
    () => {
      const keys = new Set(world.partitions.keysOf(name));
      for (const key of add) if (!keys.has(key)) world.batch.partitionKey({ name, key, exists: true });
      for (const key of remove) if (keys.has(key)) world.batch.partitionKey({ name, key, exists: false });
      const gone = new Set(remove);
      world.partitions.set(
        name,
        [...keys, ...add.filter((key) => !keys.has(key))].filter(
          (key, index, all) => !gone.has(key) && all.indexOf(key) === index,
        ),
      );
      answer(world, { id, ok: true, run: null });
    },
    (error) => refuse(world, id, error),
  );
}
