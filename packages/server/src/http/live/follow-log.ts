import type { IncomingMessage, ServerResponse } from "node:http";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Call } from "../call.ts";
import { findLog } from "../handlers/log-reading.ts";
import { STRICT_HEADERS } from "../send.ts";
import { logLineView } from "../views/run-views.ts";
import { instant } from "../views/values.ts";
import { lastEventId } from "./follow-events.ts";
import { EventWriter, StreamWriter } from "./stream-writer.ts";

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

type Log = Awaited<ReturnType<typeof findLog>>;

/** Lines that are read from the disk at once. */
const PAGE_LINES = 1_000;
/** Says that a log has come to its end, so that nobody comes again for more. */
const END = "event: end\ndata: {}\n\n";

/** Sends the lines of an attempt's log as they are written, until the attempt has ended. */
export async function followLog(
  { runtime, params, query, signal }: Call<"followLog">,
  { request, response }: Exchange,
): Promise<void> {
  const log = await findLog(runtime, params);
  const seen = lastEventId(request);
  let number = seen === undefined ? query.from : seen + 1;
  const ending = endOf(runtime, log, signal);
  const writer = new EventWriter(response, signal, () => (number === 0 ? null : number - 1));
  try {
    for await (const line of runtime.logs.follow({ ...log, from: number, signal: ending.signal })) {
      const frame = `id: ${number}\nevent: line\ndata: ${JSON.stringify(logLineView(line, number, query.clip))}\n\n`;
      if (!(await writer.write(frame))) return;
      number += 1;
    }
    await writer.write(END);
  } finally {
    ending.stop();
    writer.end();
  }
}

/** A signal for the attempt's end, or that of who asked. An attempt that writes nothing has a log that nobody closes. */
function endOf(runtime: Runtime, log: Log, signal: AbortSignal): { readonly signal: AbortSignal; stop(): void } {
  const ended = new AbortController();
  const look = async (): Promise<void> => {
    const attempt = await runtime.store.findAttempt(log.run, log.attempt);
    if (attempt === undefined || attempt.endedAtMs !== null) ended.abort();
  };
  // Whoever cannot look now looks at the next event.
  const begin = (): void => void look().catch(() => undefined);
  const stop = runtime.onEvents((events) => {
    if (events.some(({ run }) => run === log.run)) begin();
  });
  begin();
  return { signal: AbortSignal.any([ended.signal, signal]), stop };
}

/** Sends a log as plain text, a line for each. */
export async function downloadLog(
  { runtime, params, query, signal }: Call<"downloadLog">,
  { response }: Pick<Exchange, "response">,
): Promise<void> {
  const log = await findLog(runtime, params);
  const to = query.to ?? Number.POSITIVE_INFINITY;
  response.writeHead(200, {
    ...STRICT_HEADERS,
    "content-type": "text/plain; charset=utf-8",
    "content-disposition": `attachment; filename="${log.run}-${log.attempt}.log"`,
  });
  const writer = new StreamWriter(response, signal);
  for (let from = query.from; from < to; from += PAGE_LINES) {
    const { lines } = await runtime.logs.read({ ...log, from, limit: Math.min(PAGE_LINES, to - from) });
    const text = lines.map(({ t, level, text }) => `${instant(t)} ${level} ${text}\n`).join("");
    if (text !== "" && !(await writer.write(text))) return;
    if (lines.length < PAGE_LINES) break;
  }
  response.end();
}
