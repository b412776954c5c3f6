import { glob, stat } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import { type Duration, parseDuration } from "@millrace/core";
import { CallSite } from "../source/call-site.ts";
import { withPlace } from "../source/refuse.ts";
import { invalid, readText } from "../task/read-option.ts";
import { checkTriggerOptions, type GatherOptions, readGather } from "./gather-options.ts";
import { readTiming } from "./sensor.ts";
import type { SensorContext, SensorResult } from "./sensor-context.ts";
import { anyEvent, makeTrigger, type Trigger } from "./trigger.ts";

/** A file that has arrived, or was written anew. */
export interface FileEvent {
  /** As the pattern finds it: relative to the project's folder unless the pattern is absolute. */
  readonly path: string;
  readonly bytes: number;
  readonly modifiedAt: Date;
}

export interface OnFileOptions<Given> extends GatherOptions {
  /** Its name within the flow. Defaults to `file`. */
  readonly name?: string;
  /** The time between two looks. Defaults to 30 seconds. */
  readonly every?: Duration;
  /** A look that takes longer is given up. Defaults to 1 minute. */
  readonly timeout?: Duration;
  /** How long a file must have been left unchanged before it counts. Defaults to 5 seconds. */
  readonly settled?: Duration;
  /** Makes the parameters of the run out of the event; of a batch, out of all. Defaults to none. */
  readonly params?: (event: FileEvent, events: readonly FileEvent[]) => Given;
}

const KNOWN = ["every", "timeout", "settled"];
/** What a look remembers of files of the one before, for the run that counts each once, is bounded by this. */
const MOST_FILES = 10_000;

/**
 * Makes a run for each file that matches a pattern: when it first appears, and again when it was changed. It looks at
 * intervals, so it works on any file system. Files that are there when it looks first count too.
 *
 * @param pattern relative to the project's folder: `in/*.csv`, `in/**\/orders.json`.
 * @example triggers: onFile("in/*.csv", { params: ({ path }) => ({ path }) })
 */
export function onFile<Given = Record<never, never>>(
  pattern: string,
  options: OnFileOptions<Given> = {},
): Trigger<Given> {
  const site = new CallSite(onFile);
  return withPlace(site, () => {
    const what = `trigger on files "${pattern}"`;
    checkTriggerOptions(options, KNOWN, what);
    if (readText(pattern, "pattern of onFile") === "") {
      throw invalid("pattern of onFile", 'a pattern such as "in/*.csv"', pattern);
    }
    const settledMs = parseDuration(options.settled ?? "5s", `\`settled\` of the ${what}`);
    return makeTrigger<Given>({
      name: options.name ?? null,
      spec: { kind: "file", ...readTiming(options, what), gather: readGather(options, what, site) },
      site,
      event: anyEvent,
      checks: false,
      params: options.params ?? null,
      plain: null,
      poll: (context) => lookForFiles(pattern, settledMs, context as SensorContext<SeenFiles>),
    });
  });
}

/** Files of the last look, with what tells one content from another. */
type SeenFiles = Readonly<Record<string, string>>;

async function lookForFiles(
  pattern: string,
  settledMs: number,
  { cursor = {}, projectDir, log }: SensorContext<SeenFiles>,
): Promise<SensorResult<FileEvent, SeenFiles>> {
  const seen: Record<string, string> = {};
  const runs: { runKey: string; params: FileEvent }[] = [];
  let unsettled = 0;
  for (const path of await findFiles(pattern, projectDir)) {
    const found = await lookAt(path, projectDir);
    if (found === undefined) continue;
    const key = `${found.modifiedAt.toISOString()} ${found.bytes}`;
    if (Date.now() - found.modifiedAt.getTime() < settledMs && cursor[path] !== key) {
      unsettled += 1;
      const before = cursor[path];
      if (before !== undefined) seen[path] = before;
      continue;
    }
    seen[path] = key;
    if (cursor[path] !== key) runs.push({ runKey: `${path} ${key}`, params: found });
  }
  if (unsettled > 0) log.info(`${unsettled} changed less than ${settledMs} ms ago`);
  return { runs, cursor: seen, ...(runs.length > 0 ? {} : { skipReason: "no new file" }) };
}

/** In the order of their names, so that the order of the runs is the same each time. */
async function findFiles(pattern: string, projectDir: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const path of glob(pattern, isAbsolute(pattern) ? {} : { cwd: projectDir })) {
    found.push(path);
    if (found.length > MOST_FILES) {
      throw new Error(`More than ${MOST_FILES} files match "${pattern}". Move those away that are done, or narrow it.`);
    }
  }
  return found.sort();
}

async function lookAt(path: string, projectDir: string): Promise<FileEvent | undefined> {
  try {
    const status = await stat(resolve(projectDir, path));
    return status.isFile() ? { path, bytes: status.size, modifiedAt: status.mtime } : undefined;
  } catch {
    // It went away since it was listed.
    return undefined;
  }
}
