import { randomUUID } from "node:crypto";
import { type Command, type CommandAnswer, type CommandId, refusalOf, type Store } from "@millrace/core";
import { userName } from "./user-name.ts";

/** How often to look for the leader's answer, in milliseconds, should nothing tell of it. */
const LOOK_MS = 250;

export interface Answered {
  readonly answer: CommandAnswer & { readonly ok: true };
  /** Who leads, as far as is known. */
  readonly leader: string;
}

/** Leaves a command for the process that leads, and waits for its answer. Throws what it was refused with. */
export async function askWhoLeads(store: Store, command: Command): Promise<Answered> {
  const id = randomUUID() as CommandId;
  const leader = await store.findLeader();
  await store.insertCommand({ id, actor: userName(), createdAtMs: Date.now(), command });
  const answer = await whenAnswered(store, id);
  if (!answer.ok) throw refusalOf(answer.error);
  return { answer, leader: leader?.holder ?? "another process" };
}

async function whenAnswered(store: Store, id: CommandId): Promise<CommandAnswer> {
  const answered = Promise.withResolvers<CommandAnswer>();
  const look = (): void => {
    store.findAnswer(id).then((answer) => answer !== undefined && answered.resolve(answer), answered.reject);
  };
  const timer = setInterval(look, LOOK_MS);
  const end = store.watch(look);
  try {
    look();
    return await answered.promise;
  } finally {
    clearInterval(timer);
    end();
  }
}
