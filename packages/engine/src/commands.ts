import { type CommandId, MillraceError, type RunId, type StoredCommand } from "@millrace/core";
import { answer, answerAtOnce, refuse } from "./answers.ts";
import { drainWorker } from "./drain-worker.ts";
import { unknownRun } from "./new-run.ts";
import { changePool } from "./pools.ts";
import { applyForwarded } from "./reports.ts";
import { requestRepeat, requestRun, type WishAsked } from "./requests.ts";
import { stopRun } from "./runs.ts";
import { wishOf } from "./wish-of-command.ts";
import type { World } from "./world.ts";

/** Begins to work on a command; one that is under way already is left alone. Its answer is written with its effect. */
export function applyCommand(world: World, stored: StoredCommand): void {
  if (world.commands.has(stored.id)) return;
  world.commands.add(stored.id);
  const { command } = stored;
  switch (command.kind) {
    case "cancel_run":
      cancel(world, stored, command.run);
      return;
    case "request_run":
      requestRun(world, wishOf(command, { kind: "manual", actor: stored.actor }), answering(world, stored.id));
      return;
    case "rerun":
    case "mark":
      requestRepeat(world, command, { ...answering(world, stored.id), actor: stored.actor });
      return;
    case "set_pool":
    case "delete_pool":
      answerAtOnce(world, stored.id, () => changePool(world, { ...stored, command }));
      return;
    case "report_attempt":
      applyForwarded(world, command.report, {
        answer: (attempt) => answer(world, { id: stored.id, ok: true, run: command.report.run, attempt }),
        forget: () => world.commands.delete(stored.id),
      });
      return;
    case "drain_worker":
      drainWorker(world, { ...stored, command });
      return;
    case "prune":
    case "sync_triggers":
    case "pause_trigger":
    case "resume_trigger":
    case "fire_trigger":
    case "create_backfill":
    case "change_backfill":
    case "set_backfill":
    case "change_partitions":
    case "decide_approval":
      break;
  }
  // One of a later version of Millrace comes here too, and is refused.
  handOn(world, stored);
}

/** To the service that knows the kind. */
function handOn(world: World, stored: StoredCommand): void {
  const handler = world.handlers.get(stored.command.kind);
  if (handler !== undefined) {
    handler(stored);
    return;
  }
  refuse(
    world,
    stored.id,
    new MillraceError("USAGE", `the process that leads does not know "${stored.command.kind}"`, {
      hint: "It may be of another version of Millrace: stop it and start it again.",
    }),
  );
}

function answering(world: World, id: CommandId): WishAsked {
  return {
    made: ({ run }) => answer(world, { id, ok: true, run }),
    failed: (error) => refuse(world, id, error),
  };
}

function cancel(world: World, { id, actor }: Pick<StoredCommand, "id" | "actor">, run: RunId): void {
  const active = world.runs.get(run);
  if (active?.isOver === false) {
    stopRun(world, active, { by: actor });
    answer(world, { id, ok: true, run });
    return;
  }
  world.later(
    () => world.ports.store.history.findRun(run),
    (row) => {
      const error =
        row === undefined
          ? unknownRun(run)
          : new MillraceError("RUN_FINISHED", `run ${row.id} has ended: ${row.state}`);
      refuse(world, id, error);
    },
    (error) => refuse(world, id, error),
  );
}
