import type { IncomingMessage, ServerResponse } from "node:http";
import { may } from "@millrace/core";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Call } from "../call.ts";
import { findFlow } from "../handlers/active-flows.ts";
import { findRun } from "../handlers/run-reading.ts";
import { Refusal } from "../refusal.ts";
import type { EventView } from "../views/run-views.ts";
import type { EventTail } from "./event-tail.ts";
import { EventWriter } from "./stream-writer.ts";

/** Another version is active, or files are broken or mended. */
const PROJECT_CHANGED = "event: project.changed\n\n";

/** Sends events as they become durable, from where the reader was, until one of both leaves. */
export async function followEvents(
  call: Call<"followEvents">,
  tail: EventTail,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): Promise<void> {
  const { runtime, query, signal, principal } = call;
  const mayAll = may(principal, "run.read");
  if (query.flow !== undefined && may(principal, "run.read", query.flow)) await checkFlow(runtime, query.flow);
  const run = query.run === undefined ? undefined : (await findRun(runtime, query.run)).id;
  let position = lastEventId(request) ?? query.after ?? (await runtime.store.history.lastEventSeq());
  const wanted = ({ view }: { readonly view: EventView }): boolean =>
    // An event of a run that is forgotten belongs to no flow any more.
    (mayAll || (view.flow !== null && may(principal, "run.read", view.flow))) &&
    (run === undefined || view.run === run) &&
    (query.flow === undefined || view.flow === query.flow) &&
    (query.type === undefined || query.type.includes(view.type));
  const close = tail.open();
  const writer = new EventWriter(response, signal, () => position);
  try {
    let { builds } = tail;
    while (!signal.aborted) {
      if (builds !== tail.builds) {
        builds = tail.builds;
        // Without data it is no event to anybody but those who know of it.
        if (!(await writer.write(PROJECT_CHANGED))) return;
      }
      // Counted before reading: what becomes durable meanwhile is not waited for.
      const { changes } = tail;
      const events = await tail.after(position);
      const last = events.at(-1);
      if (last === undefined) {
        await tail.changed(changes, signal);
        continue;
      }
      const frames = events.filter(wanted).map(({ frame }) => frame);
      if (frames.length > 0 && !(await writer.write(frames.join("")))) return;
      position = last.seq;
    }
  } finally {
    writer.end();
    close();
  }
}

/** A flow that was removed may have runs still. @throws `UNKNOWN_FLOW`. */
async function checkFlow(runtime: Runtime, flow: string): Promise<void> {
  const runs = await runtime.store.history.listRuns({ flow, limit: 1 });
  if (runs.length === 0) await findFlow(runtime, flow, undefined);
}

/** What a reader that comes again says it has seen. */
export function lastEventId({ headers }: IncomingMessage): number | undefined {
  const id = headers["last-event-id"];
  if (id === undefined || id === "") return undefined;
  if (typeof id === "string" && /^\d{1,15}$/.test(id)) return Number(id);
  throw new Refusal("INVALID_REQUEST", "Last-Event-ID: it is not the id of an event of this stream.");
}
