import { didYouMean, MillraceError, type TriggerRow } from "@millrace/core";
import type { StoredCommandOf } from "../command-handlers.ts";
import type { World } from "../world.ts";

/** Nothing is made by it any more, until it is resumed. What it owes it owes still. Throws `UNKNOWN_TRIGGER`. */
export function pauseTriggers(world: World, { actor: by, command }: StoredCommandOf<"pause_trigger">): void {
  const { flow, trigger, reason } = command;
  for (const row of namedTriggers(world, flow, trigger)) {
    if (row.paused === null) touch(world, { ...row, paused: { atMs: world.batch.atMs, by, reason } });
  }
}

/** It goes on, with what was missed meanwhile as its policy says. Throws `UNKNOWN_TRIGGER`. */
export function resumeTriggers(world: World, { command }: StoredCommandOf<"resume_trigger">): void {
  for (const row of namedTriggers(world, command.flow, command.trigger)) {
    if (row.paused === null) continue;
    // Of a schedule these are its runs: whoever resumes it has put right what they failed of. A sensor goes on counting its polls.
    const failures = row.kind === "schedule" ? 0 : row.failures;
    touch(world, { ...row, paused: null, failures });
  }
}

function touch(world: World, row: TriggerRow): void {
  world.triggers.change(row);
  for (const tell of world.onTriggerTouched) tell(row);
}

function namedTriggers(world: World, flow: string, name: string | null): readonly TriggerRow[] {
  const all = [...world.triggers.rows()].filter((row) => !row.retired);
  const ofFlow = all.filter((row) => row.flow === flow);
  if (ofFlow.length === 0) {
    throw new MillraceError("UNKNOWN_TRIGGER", `The flow ${JSON.stringify(flow)} has no schedule and no trigger.`, {
      hint: didYouMean(flow, [...new Set(all.map((row) => row.flow))], "flows with schedules or triggers"),
    });
  }
  if (name === null) return ofFlow;
  const named = ofFlow.filter((row) => row.name === name);
  if (named.length > 0) return named;
  throw new MillraceError("UNKNOWN_TRIGGER", `${flow} has no schedule or trigger ${JSON.stringify(name)}.`, {
    hint: didYouMean(
      name,
      ofFlow.map((row) => row.name),
      "schedules and triggers",
    ),
  });
}
