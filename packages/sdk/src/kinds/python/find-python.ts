import { accessSync, constants } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { MillraceError } from "@millrace/core";
import { neverAgain } from "../verdict.ts";

/** Which Python runs the script, as the author said. */
export interface PythonChoice {
  readonly task: string;
  /** A virtual environment's folder, relative to the project's, or null. */
  readonly venv: string | null;
  /** A command, or a path relative to the project's folder; null: `python3`, else `python`. */
  readonly python: string | null;
}

/**
 * The path of the Python to use.
 *
 * @throws MillraceError `COMMAND_NOT_FOUND` naming what was tried.
 */
export function findPython(choice: PythonChoice, projectDir: string): string {
  const { task, venv, python } = choice;
  const candidates = candidatesOf(choice, projectDir);
  const found = candidates.find(isExecutable);
  if (found !== undefined) return found;
  const tried = venv ?? python ?? "python3 and python";
  const hint =
    venv !== null
      ? `Make the virtual environment: python3 -m venv ${venv}`
      : "Install Python 3, or name another one with the option `python` or `venv`.";
  const paths = python?.includes("/") === true || venv !== null ? candidates.join(", ") : "the folders of PATH";
  throw neverAgain(
    new MillraceError(
      "COMMAND_NOT_FOUND",
      `There is no Python for "${task}": tried ${tried}, looked for in ${paths}.`,
      {
        hint,
      },
    ),
  );
}

function candidatesOf({ venv, python }: PythonChoice, projectDir: string): string[] {
  if (venv !== null) return [resolve(projectDir, venv, "bin", python ?? "python")];
  if (python?.includes("/") === true) return [resolve(projectDir, python)];
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const names = python === null ? ["python3", "python"] : [python];
  return names.flatMap((name) => folders.map((folder) => join(folder, name)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** What activating a virtual environment sets; the programs that the script starts find it then too. */
export function venvVariables(venv: string | null, projectDir: string): Record<string, string> {
  if (venv === null) return {};
  const folder = resolve(projectDir, venv);
  const path = [join(folder, "bin"), process.env["PATH"]].filter((part) => part !== undefined).join(delimiter);
  return { VIRTUAL_ENV: folder, PATH: path };
}
