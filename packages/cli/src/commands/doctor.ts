import type { BuildResult, Project } from "@millrace/server";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import {
  accessFinding,
  clockFinding,
  keyFinding,
  migrationFinding,
  portFinding,
  type ServerPlace,
  serverPlace,
} from "../doctor/deployment-findings.ts";
import type { Finding } from "../doctor/finding.ts";
import { diskFinding, nodeFinding, peerFindings, pythonFinding } from "../doctor/machine-findings.ts";
import {
  buildFinding,
  databaseFileFinding,
  failedFinding,
  leaderFindings,
  leftoverFinding,
} from "../doctor/project-findings.ts";
import { withRuntime } from "../following/open-runtime.ts";
import type { Style } from "../output/style.ts";
import { padEnd } from "../output/text-width.ts";

/** `millrace doctor`. */
export async function doctor(call: CommandCall): Promise<ExitCode> {
  const { console } = call;
  let broken = false;
  for await (const finding of lookAtAll(call)) {
    broken ||= finding.verdict === "broken";
    console.record({ type: "finding", ...finding });
    if (!console.quiet || finding.verdict !== "good") console.print(findingText(finding, console.style));
  }
  return broken ? EXIT.failed : EXIT.success;
}

/** One look after the other, each told at once; a look that cannot be taken does not keep the others from being taken. */
async function* lookAtAll(call: CommandCall): AsyncGenerator<Finding> {
  yield nodeFinding();
  const { buildVersion, findLeftovers, openProject } = await import("@millrace/server");
  let project: Project;
  try {
    project = openProject(call.projectDir);
    yield { what: "project", verdict: "good", text: project.dir };
  } catch (error) {
    yield failedFinding("project", error);
    yield await pythonFinding();
    return;
  }
  yield* look("disk", () => [diskFinding(project)]);
  let config: BuildResult["config"] = null;
  yield* look("flows", async () => {
    const build = await buildVersion(project);
    config = build.config;
    return [buildFinding(build), ...peerFindings(project, connectionKinds(build))];
  });
  yield* look("processes", async () => [leftoverFinding(await findLeftovers(project.dir))]);
  yield* look("key", async () => {
    const { SecretKeys } = await import("@millrace/server");
    const keys = new SecretKeys(project);
    return keyFinding(keys.place, () => keys.newest(), project) ?? [];
  });
  const place = serverPlace(config, process.env);
  yield* look("database", () => lookAtDatabase(call, project, place));
  yield* look("port", () => portFinding(place));
  yield await pythonFinding();
}

async function lookAtDatabase(call: CommandCall, project: Project, place: ServerPlace): Promise<readonly Finding[]> {
  const { databaseClockSkew, describeAddress, findMissingMigrations } = await import("@millrace/server");
  const { isLoopback } = await import("@millrace/server/http");
  const { database } = project;
  const atFile = database.kind === "sqlite" ? databaseFileFinding(database.path) : undefined;
  if (atFile?.verdict === "broken") return [atFile];
  if (database.kind === "sqlite" && atFile === undefined) return [NO_DATABASE];
  const found = atFile ?? { what: "database", verdict: "good", text: describeAddress(database) };
  const skewMs = await databaseClockSkew(database);
  const clock = skewMs === null ? [] : [clockFinding(skewMs)];
  // Opening would bring it up to date, and whoever looks changes nothing.
  const schema = migrationFinding(await findMissingMigrations(database));
  if (schema !== undefined) return [found, schema, ...clock];
  const inside = await withRuntime(call, { versions: "stored", role: "reader" }, async (runtime) => [
    ...(await leaderFindings(runtime)),
    accessFinding(place, (await runtime.store.people.listUsers()).length, isLoopback(place.host)),
  ]);
  return [found, ...clock, ...inside];
}

/** Nothing is made only to be looked at. */
const NO_DATABASE: Finding = { what: "database", verdict: "good", text: "none yet; the first run makes it" };

function connectionKinds({ config }: BuildResult): string[] {
  return Object.values(config?.connections ?? {}).map(({ kind }) => kind);
}

type Found = Finding | readonly Finding[];

async function* look(what: string, take: () => Found | Promise<Found>): AsyncGenerator<Finding> {
  try {
    const found = await take();
    if ("what" in found) yield found;
    else yield* found;
  } catch (error) {
    yield failedFinding(what, error);
  }
}

function findingText({ what, verdict, text, hint }: Finding, style: Style): string[] {
  const marks = { good: style.green("✓"), odd: style.yellow("!"), broken: style.red("✗") };
  const lines = [`${marks[verdict]} ${padEnd(what, 9)} ${text}`];
  return hint === undefined ? lines : [...lines, `  ${" ".repeat(9)} ${style.cyan("hint:")} ${hint}`];
}
