import { readFileSync } from "node:fs";
import path from "node:path";
import { type ErrorCode, type SourcePlace, sourceFrame } from "@millrace/core";
import type { LoadedModule, ThrownInfo, ThrownPlace } from "@millrace/executors";
import type { Message } from "esbuild";
import type { FailedEntry } from "./bundling/bundle.ts";
import type { Diagnostic } from "./diagnostic.ts";

/** A diagnostic before its place was looked up. */
export interface Finding {
  readonly severity?: Diagnostic["severity"];
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | null;
}

/** With a place in a file of the project, whose line is shown. */
export function findingAt(projectDir: string, place: SourcePlace | null, finding: Finding): Diagnostic {
  const source = place === null ? null : readText(path.resolve(projectDir, place.file));
  return diagnostic(finding, place, source);
}

/** With a file to blame, and no line of it. */
export function findingIn(file: string, finding: Finding): Diagnostic {
  return { ...diagnostic(finding, null, null), file };
}

function diagnostic(finding: Finding, place: SourcePlace | null, source: string | null): Diagnostic {
  return {
    severity: finding.severity ?? "error",
    code: finding.code,
    message: finding.message,
    file: place?.file ?? null,
    line: place?.line ?? null,
    column: place?.column ?? null,
    frame: source === null || place === null ? null : sourceFrame(source, place),
    hint: finding.hint,
  };
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

/** What the bundler said of the entries that it could not build, each thing once, with who needs it. */
export function buildErrors(projectDir: string, failed: readonly FailedEntry[]): Diagnostic[] {
  const found = new Map<string, { diagnostic: Diagnostic; neededBy: string[] }>();
  for (const { entry, errors } of failed) {
    const needing = relativeTo(projectDir, entry.file);
    for (const error of errors) {
      const diagnostic = buildError(projectDir, error);
      const known = found.get(
        JSON.stringify([diagnostic.file, diagnostic.line, diagnostic.column, diagnostic.message]),
      );
      if (known !== undefined) known.neededBy.push(needing);
      else {
        const key = JSON.stringify([diagnostic.file, diagnostic.line, diagnostic.column, diagnostic.message]);
        found.set(key, { diagnostic, neededBy: [needing] });
      }
    }
  }
  return [...found.values()].map(({ diagnostic, neededBy }) => withNeeding(diagnostic, neededBy));
}

function buildError(projectDir: string, { text, location, notes }: Message): Diagnostic {
  const hint = /Could not resolve "([^./][^"]*)"/.test(text)
    ? "Install the package in the project, or check the name and the `paths` of tsconfig.json."
    : (notes[0]?.text ?? "Correct the source at this place; other flow files stay usable.");
  const finding: Finding = { code: "BUILD_FAILED", message: text, hint };
  if (location === null) return diagnostic(finding, null, null);
  const { file, line, column, lineText } = location;
  // The bundler counts bytes from 0.
  const characters = Buffer.from(lineText).subarray(0, column).toString("utf8").length;
  const place = { file: relativeTo(projectDir, path.resolve(projectDir, file)), line, column: characters + 1 };
  return findingAt(projectDir, place, finding);
}

function withNeeding(diagnostic: Diagnostic, neededBy: readonly string[]): Diagnostic {
  const others = neededBy.filter((file) => file !== diagnostic.file);
  if (others.length === 0) return diagnostic;
  const shown = others.slice(0, 3).join(", ");
  const more = others.length > 3 ? ` and ${others.length - 3} more` : "";
  return { ...diagnostic, message: `${diagnostic.message} (needed by ${shown}${more})` };
}

/** Why a module could not be loaded. */
export function loadError(
  projectDir: string,
  file: string,
  module: Exclude<LoadedModule, { kind: "flows" }>,
): Diagnostic {
  switch (module.kind) {
    case "threw":
      return thrownError(projectDir, file, module.error);
    case "timed_out":
      return hungError(projectDir, file, module);
    case "died":
      return findingIn(file, {
        code: "IMPORT_FAILED",
        message: `${file} ended its process while it was loaded (${module.how}).`,
        hint: "A flow file must only define things. Move the call that ends the process into a task.",
      });
  }
}

function hungError(
  projectDir: string,
  file: string,
  { afterMs, place }: Extract<LoadedModule, { kind: "timed_out" }>,
): Diagnostic {
  const message = `${file} was not loaded within ${afterMs / 1000} s: `;
  if (place === null) {
    const waits = "it waits for something at its top level.";
    const hint = "Look for an `await` outside of any function, and move it into a task.";
    return findingIn(file, { code: "IMPORT_TIMEOUT", message: message + waits, hint });
  }
  const finding: Finding = {
    code: "IMPORT_TIMEOUT",
    message: `${message}it is busy in a loop that does not end, or takes too long.`,
    hint: "A flow file must only define things. Move the work into a task.",
  };
  return atThrownPlace(projectDir, place, finding);
}

function thrownError(projectDir: string, file: string, error: ThrownInfo): Diagnostic {
  const isOurs = error.code !== null;
  const finding: Finding = {
    code: isOurs ? (error.code as ErrorCode) : "IMPORT_FAILED",
    message: isOurs ? error.message : `${file} failed while it was loaded: ${error.name}: ${error.message}`,
    hint: error.hint ?? thrownHint(error),
  };
  if (error.place === null) return { ...findingIn(file, finding), frame: error.frame };
  return atThrownPlace(projectDir, error.place, finding);
}

function thrownHint({ code, message }: ThrownInfo): string | null {
  const missing = /^Cannot find package '([^']+)'/.exec(message)?.[1];
  if (missing !== undefined) return `Run \`npm install ${missing}\` in the project.`;
  return code === null ? "A flow file must only define things. Move what can fail into a task." : null;
}

function atThrownPlace(projectDir: string, thrown: ThrownPlace, finding: Finding): Diagnostic {
  const place = { file: relativeTo(projectDir, thrown.file), line: thrown.line, column: thrown.column };
  return diagnostic(finding, place, thrown.source ?? readText(thrown.file));
}

export function relativeTo(projectDir: string, file: string): string {
  return path.relative(projectDir, file).replaceAll(path.sep, "/");
}
