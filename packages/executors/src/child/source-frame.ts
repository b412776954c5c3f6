import { readdirSync } from "node:fs";
import { findSourceMap } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const LINES_AROUND = 2;
/** Longer lines are cut: a minified file is not worth a screen. */
const MAX_WIDTH = 160;
const STACK_FRAME = /^\s+at (?:.*? \()?(?:async )?(.+?):(\d+):(\d+)\)?$/gm;

interface SourceMapText {
  readonly sources?: readonly (string | null)[];
  readonly sourcesContent?: readonly (string | null)[];
}

/** Finds the source lines of errors in what the bundle's source maps embed: the working folder may have changed. */
export class SourceFrames {
  readonly #projectDir: string;
  readonly #bundleDirs = new Set<string>();
  /** By absolute path; made when the first error needs it. */
  #contents: Map<string, string> | null = null;

  constructor(projectDir: string) {
    this.#projectDir = projectDir;
  }

  /** Modules of this file's bundle were imported. */
  addBundle(entry: string): void {
    this.#bundleDirs.add(dirname(entry));
    this.#contents = null;
  }

  /** The first line of a mapped stack that stands in one of the bundle's sources, ready to print. */
  frameOf(stack: string): string | null {
    this.#contents ??= this.#readContents();
    for (const [, named = "", line, column] of stack.matchAll(STACK_FRAME)) {
      const file = toPath(named);
      const content = this.#contents.get(file);
      if (content === undefined || file.includes("/node_modules/")) continue;
      const frame = printFrame(content, Number(line), Number(column));
      if (frame !== null) return `${relative(this.#projectDir, file)}:${line}:${column}\n${frame}`;
    }
    return null;
  }

  #readContents(): Map<string, string> {
    const contents = new Map<string, string>();
    for (const dir of this.#bundleDirs) {
      for (const name of readdirSync(dir, { recursive: true, encoding: "utf8" })) {
        if (!/\.m?js$/.test(name)) continue;
        const file = join(dir, name);
        // Known for modules that were imported, which is all that a stack can name.
        const map = findSourceMap(file)?.payload as SourceMapText | undefined;
        map?.sources?.forEach((source, index) => {
          const content = map.sourcesContent?.[index];
          if (source === null || content === null || content === undefined) return;
          contents.set(toPath(new URL(source, pathToFileURL(file)).href), content);
        });
      }
    }
    return contents;
  }
}

function toPath(named: string): string {
  return named.startsWith("file://") ? fileURLToPath(named) : named;
}

function printFrame(content: string, line: number, column: number): string | null {
  const lines = content.split(/\r?\n/);
  if (line < 1 || line > lines.length) return null;
  const last = Math.min(lines.length, line + LINES_AROUND);
  const width = String(last).length;
  const rows: string[] = [];
  for (let number = Math.max(1, line - LINES_AROUND); number <= last; number += 1) {
    const text = (lines[number - 1] ?? "").replaceAll("\t", " ").slice(0, MAX_WIDTH);
    rows.push(`${number === line ? ">" : " "} ${String(number).padStart(width)} | ${text}`.trimEnd());
    if (number === line && column <= MAX_WIDTH) rows.push(`  ${" ".repeat(width)} | ${" ".repeat(column - 1)}^`);
  }
  return rows.join("\n");
}
