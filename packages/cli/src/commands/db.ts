import { MillraceError, parseDuration } from "@millrace/core";
import type { Project, PruneRequest, Transferred } from "@millrace/server";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { previewText, pruneRecord, pruneText } from "../database-view/prune-text.ts";
import { statusRecord, statusText } from "../database-view/status-text.ts";
import { countText } from "../output/count-text.ts";
import { holderText } from "../server-view/server-text.ts";

const PRUNE_OPTIONS = ["older-than", "keep", "flow"];

/** `millrace db <what> [file]`. */
export async function db(call: CommandCall): Promise<ExitCode> {
  const [what = "", file] = call.arguments;
  checkUse(call, what);
  const { openProject } = await import("@millrace/server");
  const project = openProject(call.projectDir);
  switch (what) {
    case "status":
      return await status(call, project);
    case "migrate":
      return await migrate(call, project);
    case "prune":
      return await prune(call, project);
    case "export":
      return await exportTo(call, project, file ?? "");
    default:
      return await importFrom(call, project, file ?? "");
  }
}

/** Options and a file where they would mean nothing are a mistake, and may be a costly one. */
function checkUse({ arguments: given, options }: CommandCall, what: string): void {
  const takesFile = what === "export" || what === "import";
  if (takesFile && given[1] === undefined) {
    throw new MillraceError("USAGE", `db ${what}: <file> is missing.`, {
      hint: `Write \`millrace db ${what} <file>\`.`,
    });
  }
  if (!takesFile && given[1] !== undefined) {
    throw new MillraceError("USAGE", `db ${what}: "${given[1]}" is one argument too many.`, {
      hint: `Write \`millrace db ${what}\`.`,
    });
  }
  const odd = PRUNE_OPTIONS.find((name) => what !== "prune" && options.text(name) !== undefined);
  const dry = options.flag("dry-run") && what !== "prune" && what !== "migrate" ? "dry-run" : odd;
  if (dry === undefined) return;
  throw new MillraceError("USAGE", `db ${what} takes no --${dry}.`, { hint: "See `millrace db --help`." });
}

async function status({ console }: CommandCall, project: Project): Promise<ExitCode> {
  const { databaseStatus } = await import("@millrace/server");
  const found = await databaseStatus(project);
  console.record({ type: "database", ...statusRecord(found) });
  console.print(statusText(found, console.style));
  return EXIT.success;
}

async function migrate({ console, options }: CommandCall, project: Project): Promise<ExitCode> {
  const { findMissingMigrations, migrateDatabase } = await import("@millrace/server");
  const dryRun = options.flag("dry-run");
  const names = dryRun ? await findMissingMigrations(project.database) : await migrateDatabase(project);
  console.record({ type: "migrated", migrations: names, dryRun });
  if (names.length === 0) console.print("The schema is up to date.");
  else {
    console.print([
      `${dryRun ? "missing" : "applied"} ${countText(names.length, "migration")}:`,
      ...names.map((name) => `  ${name}`),
    ]);
  }
  return dryRun && names.length > 0 ? EXIT.failed : EXIT.success;
}

async function prune({ console, options }: CommandCall, project: Project): Promise<ExitCode> {
  const { previewPrune, pruneProject } = await import("@millrace/server");
  const request = readPrune(options);
  if (options.flag("dry-run")) {
    const flows = await previewPrune(project, request);
    console.record(pruneRecord({ flows, dryRun: true }));
    console.print(previewText(flows, console.style));
    return EXIT.success;
  }
  console.outliveReader();
  const pruned = await pruneProject(project, request);
  console.record(pruneRecord({ ...pruned, dryRun: false }));
  console.print(pruneText(pruned));
  return EXIT.success;
}

function readPrune(options: CommandCall["options"]): PruneRequest {
  const [age, keep] = [options.text("older-than"), options.text("keep")];
  if (keep !== undefined && !/^\d{1,9}$/.test(keep)) {
    throw new MillraceError("USAGE", `--keep cannot be "${keep}".`, { hint: "Give a whole number, 0 for none." });
  }
  const flow = options.text("flow") ?? null;
  if (age === undefined && keep === undefined) return { rule: null, flow };
  return {
    rule: { maxAgeMs: readAge(age), maxRuns: keep === undefined ? null : Number(keep), keepFailedMs: null },
    flow,
  };
}

function readAge(text: string | undefined): number | null {
  if (text === undefined) return null;
  try {
    return parseDuration(text, "--older-than");
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    throw new MillraceError("USAGE", error.message, error.hint === null ? {} : { hint: error.hint });
  }
}

async function exportTo(call: CommandCall, project: Project, file: string): Promise<ExitCode> {
  const { console } = call;
  const { exportProject } = await import("@millrace/server");
  if (file === "-") {
    if (console.json) {
      throw new MillraceError("USAGE", "--json and `db export -` would write to the same stream.", {
        hint: "Name a file, or leave --json out.",
      });
    }
    warnOfRuns(call, await exportProject(project, { stream: process.stdout }));
    return EXIT.success;
  }
  const exported = await exportProject(project, { file });
  console.record({ type: "exported", file, ...exported });
  console.print(`wrote ${countText(exported.rows, "row")} to ${file}`);
  console.note("Logs and artifacts are not in it: they are files in the project's .millrace folder.");
  warnOfRuns(call, exported);
  return EXIT.success;
}

/** The same run must not go on in two places. */
function warnOfRuns({ console }: CommandCall, { unfinished, leader }: Transferred): void {
  if (unfinished === 0) return;
  const also = leader === null ? "" : `, and ${holderText(leader)} works on them`;
  console.complain(
    `${console.errorStyle.yellow("warning:")} ${countText(unfinished, "run")} in it ${unfinished === 1 ? "has" : "have"} work left${also}. Where the export is imported they go on too; stop servers before a move.`,
  );
}

async function importFrom(call: CommandCall, project: Project, file: string): Promise<ExitCode> {
  const { console } = call;
  const { importProject } = await import("@millrace/server");
  const imported = await importProject(project, file === "-" ? { stream: process.stdin } : { file });
  console.record({ type: "imported", file, rows: imported.rows, unfinished: imported.unfinished });
  console.print(`imported ${countText(imported.rows, "row")}`);
  if (imported.unfinished > 0) {
    console.note(
      `${countText(imported.unfinished, "run")} with work left: \`millrace resume\` or \`millrace server\` goes on.`,
    );
  }
  return EXIT.success;
}
