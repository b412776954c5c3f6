// How the API hands out what others wrote: never as something that a browser would show, run or guess at.
import { ROUTES, type RouteName, routeOf } from "@millrace/contract";
import type { HostileProject } from "./hostile-project.ts";

const INERT = /^(?:application\/(?:json|problem\+json)|text\/(?:plain|event-stream))(?:;|$)/;
/** Documents of ours, in which nobody else has a word. */
const OURS: readonly RouteName[] = ["getReference", "getOpenApi"];

/** What is wrong with the answers of all routes that only read; nothing where all is well. */
export async function faultsOfAnswers(project: HostileProject): Promise<readonly string[]> {
  const [group] = project.groups;
  if (group === undefined) throw new Error("there is nothing to ask for");
  const attempts = await project.client.call("listAttempts", { params: { run: group.ended } });
  const ids: Readonly<Record<string, string>> = {
    flow: group.flow,
    run: group.ended,
    backfill: group.backfill,
    attempt: String(attempts.items[0]?.id),
  };
  const faults: string[] = [];
  for (const name of (Object.keys(ROUTES) as RouteName[]).filter((each) => !OURS.includes(each))) {
    const { method, path } = routeOf(name);
    if (method !== "GET") continue;
    const url = project.url + path.replace(/\{(\w+)\}/g, (_, field: string) => encodeURIComponent(ids[field] ?? "v1"));
    const leave = new AbortController();
    const { headers } = await fetch(url, { headers: project.authorization, signal: leave.signal });
    leave.abort();
    const type = headers.get("content-type") ?? "none";
    if (!INERT.test(type)) faults.push(`${name}: is of the type ${type}`);
    if (headers.get("x-content-type-options") !== "nosniff") faults.push(`${name}: its type may be guessed at`);
    if (headers.get("content-security-policy")?.includes("default-src 'none'") !== true)
      faults.push(`${name}: no policy`);
    if (!/download/i.test(name)) continue;
    const disposition = headers.get("content-disposition") ?? "none";
    if (!/^attachment; filename="[\w.-]+"$/.test(disposition)) faults.push(`${name}: is handed out as ${disposition}`);
  }
  return faults;
}
