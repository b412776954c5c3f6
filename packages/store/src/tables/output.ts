import { act } from "../act.ts";
import type { OutputTable } from "../schema.ts";

/** A resumed or retried task may write its output again; the last one stands. */
export const recordOutput = act("recordOutput", (db, given: OutputTable) =>
  db
    .insertInto("output")
    .values({
      run: given.run,
      node: given.node,
      item: given.item,
      text: given.text,
      artifact: given.artifact,
      bytes: given.bytes,
    })
    .onConflict((conflict) =>
      conflict.columns(["run", "node", "item"]).doUpdateSet((eb) => ({
        text: eb.ref("excluded.text"),
        artifact: eb.ref("excluded.artifact"),
        bytes: eb.ref("excluded.bytes"),
      })),
    ),
);

export const findOutput = act("findOutput", (db, given: { run: number; node: number; item: string }) =>
  db
    .selectFrom("output")
    .select(["text", "artifact", "bytes"])
    .where("run", "=", given.run)
    .where("node", "=", given.node)
    .where("item", "=", given.item),
);

export const listOutputsOfNode = act("listOutputsOfNode", (db, given: { run: number; node: number }) =>
  db
    .selectFrom("output")
    .select(["item", "text", "artifact", "bytes"])
    .where("run", "=", given.run)
    .where("node", "=", given.node),
);
