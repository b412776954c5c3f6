import type { CommandId, StoredCommand } from "@millrace/core";
import { act } from "../act.ts";
import { fromJson } from "./json.ts";

/** The id is the idempotency key: a command that is there already, answered or not, stays as it is. */
export const submitCommand = act(
  "submitCommand",
  (db, given: { id: string; actor: string; created_at: number; command: string }) =>
    db
      .insertInto("command")
      .values({ id: given.id, actor: given.actor, created_at: given.created_at, command: given.command })
      .onConflict((conflict) => conflict.column("id").doNothing()),
);

/** Oldest first. The index holds no answered command. */
export const listPendingCommands = act("listPendingCommands", (db, given: { limit: number }) =>
  db
    .selectFrom("command")
    .select(["id", "actor", "created_at", "command"])
    .where("answer", "is", null)
    .orderBy("num")
    .limit(given.limit),
);

/** The first answer stands. */
export const answerCommand = act("answerCommand", (db, given: { id: string; answer: string }) =>
  db.updateTable("command").set({ answer: given.answer }).where("id", "=", given.id).where("answer", "is", null),
);

export const findAnswer = act("findAnswer", (db, given: { id: string }) =>
  db.selectFrom("command").select("answer").where("id", "=", given.id),
);

export function commandFromColumns(row: {
  id: string;
  actor: string;
  created_at: number;
  command: string;
}): StoredCommand {
  return {
    id: row.id as CommandId,
    actor: row.actor,
    createdAtMs: row.created_at,
    command: fromJson<StoredCommand["command"]>(row.command),
  };
}
