import { createHash, randomUUID } from "node:crypto";
import type { RouteName } from "@millrace/contract";
import { type Command, type CommandAnswer, type CommandId, MillraceError, refusalOf } from "@millrace/core";
import type { Call } from "./call.ts";

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

function commandId(scope: string, key: string): CommandId {
  const hash = createHash("sha256")
    .update(JSON.stringify([scope, key]))
    .digest("hex");
  return `api-${hash.slice(0, 40)}` as CommandId;
}
