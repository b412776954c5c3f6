import { readdirSync } from "node:fs";
import { findSourceMap } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { sourceFrame } from "@millrace/core";

const STACK_FRAME = /^\s+at (?:.*? \()?(?:async )?(.+?):(\d+):(\d+)\)?$/gm;

interface SourceMapText {
  readonly sources?: readonly (string | null)[];
  readonly sourcesContent?: readonly (string | null)[];
}

/** Finds the source lines of errors in what the bundle's source maps embed: the working folder may have changed. */
export class BundleSources {
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
      const frame = sourceFrame(content, { line: Number(line), column: Number(column) });
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
