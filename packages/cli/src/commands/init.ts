import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { MillraceError } from "@millrace/core";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { projectFiles } from "../init/project-template.ts";
import { ownVersion } from "../own-version.ts";

/** `millrace init [dir]`. */
export async function init(call: CommandCall): Promise<ExitCode> {
  const { console } = call;
  const dir = path.resolve(call.projectDir, call.arguments[0] ?? ".");
  const files = projectFiles(packageName(dir), ownVersion());
  const inTheWay = Object.keys(files).filter((file) => existsSync(path.join(dir, file)));
  if (inTheWay.length > 0) {
    throw new MillraceError("USAGE", `These files exist already in ${dir}: ${inTheWay.join(", ")}.`, {
      hint: "Nothing was written. Choose another folder: millrace init my-project.",
    });
  }
  for (const [file, text] of Object.entries(files)) write(path.join(dir, file), text);
  console.record({ type: "init", dir, files: Object.keys(files) });
  const shown = path.relative(process.cwd(), dir) || ".";
  console.note([
    `Made a project in ${shown}:`,
    ...Object.keys(files).map((file) => `  ${file}`),
    "",
    "Next:",
    ...(shown === "." ? [] : [`  cd ${shown}`]),
    "  npm install",
    "  npx millrace run hello",
    "  npm test",
  ]);
  return EXIT.success;
}

/** `wx`: a file that appeared since it was looked for is not overwritten either. */
function write(file: string, text: string): void {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: "wx" });
  } catch (error) {
    throw new MillraceError("USAGE", `Cannot write ${file}.`, {
      hint: "Check that the folder is yours to write to, and that the disk has room.",
      cause: error,
    });
  }
}

/** The folder's name as npm allows it. */
function packageName(dir: string): string {
  const name = path
    .basename(dir)
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[._-]+|-+$/g, "");
  return name === "" ? "millrace-project" : name;
}
