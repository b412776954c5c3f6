import { createHash, randomUUID } from "node:crypto";
import type { RouteName } from "@millrace/contract";
import { type Command, type CommandAnswer, type CommandId, MillraceError, refusalOf } from "@millrace/core";
import type { Call } from "./call.ts";
import { Refusal } from "./refusal.ts";

/** How long the leader may take to answer, in milliseconds. */
const ANSWER_MS = 30_000;

type Asked = Pick<Call<RouteName>, "runtime" | "actor" | "note" | "idempotencyKey" | "signal">;
type Good = CommandAnswer & { readonly ok: true };

/**
 * Hands a command to the leader and waits until it is durable and answered. With an idempotency key the command has an id
 * that is made of it: the store takes no second one, and its answer is given again.
 *
 * @param scope what is asked, and of what: the same key means another request elsewhere.
 */
export async function submit(
  { runtime, actor, note, idempotencyKey, signal }: Asked,
  scope: string,
  command: Command,
): Promise<Good> {
  const id = idempotencyKey === null ? (randomUUID() as string as CommandId) : commandId(scope, idempotencyKey);
  note.ref = id;
  note.request = fingerprintOf(command);
  if (idempotencyKey !== null) await checkIsSame(runtime, id, note.request);
  const late = AbortSignal.timeout(ANSWER_MS);
  try {
    const answer = await runtime.submit(command, {
      id,
      actor,
      signal: AbortSignal.any([late, signal]),
      isRecordedElsewhere: true,
    });
    if (answer.ok) return answer;
    throw refusalOf(answer.error);
  } catch (error) {
    if (!late.aborted) throw error;
    throw new MillraceError("NO_SERVER", "Nobody leads the project now, so nobody answered in time.", {
      hint: "The request is kept and will be done. Ask again with the same Idempotency-Key for its answer.",
      cause: error,
    });
  }
}

/** The same key with something else asked is a mistake of whoever sends it: the answer of the first would mislead them. */
async function checkIsSame({ audit }: Pick<Asked["runtime"], "audit">, id: CommandId, request: string): Promise<void> {
  const former = await audit.findByRef(id);
  const after = former?.after == null ? {} : (JSON.parse(former.after) as { readonly request?: unknown });
  if (after.request === undefined || after.request === request) return;
  throw new Refusal("KEY_REUSED", "This Idempotency-Key was used for another request of this kind.", {
    hint: "Take a new key for each request, and the same only to repeat one.",
  });
}

/** What was asked, so that a repetition is known. Commands carry no secrets. */
function fingerprintOf(command: Command): string {
  return createHash("sha256").update(JSON.stringify(command)).digest("hex").slice(0, 16);
}

function commandId(scope: string, key: string): CommandId {
  const hash = createHash("sha256")
    .update(JSON.stringify([scope, key]))
    .digest("hex");
  return `api-${hash.slice(0, 40)}` as CommandId;
}
