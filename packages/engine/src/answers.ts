import { type CommandAnswer, type CommandId, MillraceError, type PruneCounts, toErrorInfo } from "@millrace/core";
import type { World } from "./world.ts";

/** Answers a command, in the same commit as its effect. */
export function answer(world: World, given: CommandAnswer): void {
  world.batch.answer(given);
  // Once it is durable it is no longer among the pending ones, and need not be remembered.
  world.batch.effect(() => world.commands.delete(given.id));
}

/** Refuses a command. */
export function refuse(world: World, id: CommandId, error: unknown): void {
  answer(world, { id, ok: false, error: toErrorInfo(error) });
}

/** A command that needs nothing but memory. Its refusals are what it throws. */
export function answerAtOnce(world: World, id: CommandId, act: () => void): void {
  try {
    act();
    answer(world, { id, ok: true, run: null });
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    refuse(world, id, error);
  }
}

/** Answers a prune, which is about no run. */
export function answerPrune(world: World, id: CommandId, pruned: PruneCounts | MillraceError): void {
  if (pruned instanceof MillraceError) refuse(world, id, pruned);
  else answer(world, { id, ok: true, run: null, pruned });
}
