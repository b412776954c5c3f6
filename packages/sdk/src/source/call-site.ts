import { isAbsolute, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { SourcePlace } from "@millrace/core";

/** Not asked for at once: the working directory may be gone, and most who load this never need it. */
let sourceRoot: string | undefined;

/**
 * Says from which folder places in sources are counted. Whoever loads a project calls it before the first flow is
 * defined; the working directory stands in until then.
 *
 * @param dir the project's folder, absolute.
 */
export function setSourceRoot(dir: string): void {
  sourceRoot = resolve(dir);
  relativeNames.clear();
}

function rootOfSources(): string {
  sourceRoot ??= process.cwd();
  return sourceRoot;
}

/** A place as people read it and terminals link it: `flows/orders.ts:12:5`. */
export function formatPlace(place: SourcePlace): string {
  return `${place.file}:${place.line}:${place.column}`;
}

/** A place with its file as the file system knows it. */
export interface AbsolutePlace {
  /** An absolute path, or whatever name the module was given. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Where in the author's sources something was called. Taking one costs a microsecond: the stack is kept as the engine
 * has it, and turned into a file and a line only when somebody asks, which in a worker nobody does.
 *
 * Positions are those of the bundle unless source maps are on (`process.setSourceMapsEnabled(true)`) when the place is
 * asked for; then they are those of the author's file.
 */
export class CallSite {
  readonly #holder: { stack?: string };
  #absolute: AbsolutePlace | null | undefined;

  /**
   * @param below the function that the author called; the frame under it is the place.
   * @param depth how many frames to keep, where functions of the engine may stand between (`JSON.stringify`).
   */
  // biome-ignore lint/complexity/noBannedTypes: any function may be the one that was called.
  constructor(below: Function, depth = 1) {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = depth;
    this.#holder = {};
    Error.captureStackTrace(this.#holder, below);
    Error.stackTraceLimit = limit;
  }

  get absolute(): AbsolutePlace | null {
    if (this.#absolute === undefined) {
      this.#absolute = parseTopFrame(this.#holder.stack ?? "");
      // The stack holds on to the functions in it.
      delete this.#holder.stack;
    }
    return this.#absolute;
  }

  /** Relative to the source root, with `/`. Null where the stack does not say. */
  get place(): SourcePlace | null {
    const { absolute } = this;
    return absolute === null ? null : { ...absolute, file: toRelative(absolute.file) };
  }

  /**
   * The path of a file that the author named relative to the file this call stands in, relative to the source root.
   *
   * @param name `./load.sql`; an absolute path is taken as it is.
   */
  pathOf(name: string): string {
    const { absolute } = this;
    const folder = absolute !== null && isAbsolute(absolute.file) ? resolve(absolute.file, "..") : rootOfSources();
    return toRelative(resolve(folder, name));
  }
}

/** Ten thousand places are in a handful of files. */
const relativeNames = new Map<string, string>();

function toRelative(file: string): string {
  if (!isAbsolute(file)) return file;
  let name = relativeNames.get(file);
  if (name === undefined) {
    name = relative(rootOfSources(), file).split(sep).join("/");
    relativeNames.set(file, name);
  }
  return name;
}

/** `    at name (file:1:2)`, `    at file:1:2`, with `async`, `new` and `[as x]` in the name; none of Node's own. */
const FRAME = /^\s+at (?:.*? \()?(?:async )?(?!node:)(.+?):(\d+):(\d+)\)?$/m;

function parseTopFrame(stack: string): AbsolutePlace | null {
  const match = FRAME.exec(stack);
  if (match === null) return null;
  const named = String(match[1]);
  const file = named.startsWith("file://") ? fileURLToPath(named) : named;
  return { file, line: Number(match[2]), column: Number(match[3]) };
}
