import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";

const WORKSPACE = path.resolve(import.meta.dirname, "../../..");

/** What each project begins with; a file of the same name takes its place. */
const SCAFFOLD: Record<string, string> = {
  "package.json": '{ "name": "project", "type": "module" }',
  "millrace.config.ts": 'import { defineConfig } from "millrace";\nexport default defineConfig({});\n',
};

export interface ProjectOptions {
  /** Packages of the workspace's node_modules that the project has installed. */
  readonly installed?: readonly string[];
}

/** A project in a folder of its own, with `millrace` installed, which is gone when the test has ended. */
export function temporaryProject(files: Record<string, string>, { installed = [] }: ProjectOptions = {}): string {
  const dir = realpathSync(mkdtempSync(path.join(tmpdir(), "millrace-project-")));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  writeProjectFiles(dir, { ...SCAFFOLD, ...files });
  link(dir, "millrace", path.join(WORKSPACE, "packages/sdk"));
  for (const name of installed) link(dir, name, path.join(WORKSPACE, "node_modules", name));
  return dir;
}

export function writeProjectFiles(dir: string, files: Record<string, string>): void {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(dir, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

function link(dir: string, name: string, target: string): void {
  const place = path.join(dir, "node_modules", name);
  mkdirSync(path.dirname(place), { recursive: true });
  symlinkSync(target, place);
}

/** A flow of one task, whose output is the given expression. */
export function flowText(name: string, expression = "1", imports = ""): string {
  return [
    'import { flow, task } from "millrace";',
    imports,
    `const only = task("only", () => (${expression}));`,
    `export default flow("${name}", () => only());`,
    "",
  ].join("\n");
}

/** A flow whose description is what an expression gives when the module is loaded. */
export function tellingFlow(expression: string, imports: readonly string[]): string {
  return [
    'import { flow, task } from "millrace";',
    ...imports,
    'const only = task("only", () => 1);',
    `export default flow("telling", { description: JSON.stringify(${expression}) }, () => only());`,
    "",
  ].join("\n");
}
