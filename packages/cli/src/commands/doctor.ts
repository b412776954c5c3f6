import type { BuildResult, Project } from "@millrace/server";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
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
  const { buildVersion, describeAddress, findLeftovers, openProject } = await import("@millrace/server");
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
  yield* look("flows", async () => {
    const build = await buildVersion(project);
    return [buildFinding(build), ...peerFindings(project, connectionKinds(build))];
  });
  yield* look("processes", async () => [leftoverFinding(await findLeftovers(project.dir))]);
  yield* look("database", async () => {
    const { database } = project;
    const atFile = database.kind === "sqlite" ? databaseFileFinding(database.path) : undefined;
    if (atFile?.verdict === "broken") return [atFile];
    if (database.kind === "sqlite" && atFile === undefined) return [NO_DATABASE];
    const found = atFile ?? { what: "database", verdict: "good", text: describeAddress(database) };
    const inside = await withRuntime(call, { versions: "stored", role: "reader" }, leaderFindings);
    return [found, ...inside];
  });
  yield await pythonFinding();
}

/** Nothing is made only to be looked at. */
const NO_DATABASE: Finding = { what: "database", verdict: "good", text: "none yet; the first run makes it" };

function connectionKinds({ config }: BuildResult): string[] {
  return Object.values(config?.connections ?? {}).map(({ kind }) => kind);
}

async function* look(
  what: string,
  take: () => readonly Finding[] | Promise<readonly Finding[]>,
): AsyncGenerator<Finding> {
  try {
    yield* await take();
  } catch (error) {
    yield failedFinding(what, error);
  }
}

function findingText({ what, verdict, text, hint }: Finding, style: Style): string[] {
  const marks = { good: style.green("✓"), odd: style.yellow("!"), broken: style.red("✗") };
  const lines = [`${marks[verdict]} ${padEnd(what, 9)} ${text}`];
  return hint === undefined ? lines : [...lines, `  ${" ".repeat(9)} ${style.cyan("hint:")} ${hint}`];
}
