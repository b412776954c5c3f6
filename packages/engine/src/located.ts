import type { ArtifactId, EncodedText, Path } from "@millrace/core";

/** A value that the engine must look at: its parsed (still encoded) form, or where in an artifact it is. */
export type Located =
  | { readonly kind: "raw"; readonly raw: unknown }
  | { readonly kind: "artifact"; readonly artifact: ArtifactId; readonly path: Path };

export const UNDEFINED_RAW = { $: "undefined" };

/** Follows a path through parsed text, through picks and up to the border of an artifact. */
export function locateIn(raw: unknown, path: Path): Located {
  let at = raw;
  let rest = path;
  for (;;) {
    if (isMarked(at, "Artifact")) {
      const { id, path: inner } = at.v as { readonly id: ArtifactId; readonly path: Path };
      return { kind: "artifact", artifact: id, path: [...inner, ...rest] };
    }
    if (isMarked(at, "Pick")) {
      const [inner, picked] = at.v as readonly [unknown, Path];
      at = inner;
      rest = [...picked, ...rest];
      continue;
    }
    const step = rest[0];
    if (step === undefined) return { kind: "raw", raw: at };
    const fields: unknown = isMarked(at, "Object") ? at.v : at;
    const found = typeof fields === "object" && fields !== null && Object.hasOwn(fields, step);
    at = found ? (fields as Record<string, unknown>)[step] : UNDEFINED_RAW;
    rest = rest.slice(1);
  }
}

/** A text without the detours of picks, so that a cache key depends on what the task sees and on nothing else. */
export function withoutPicks(text: EncodedText): string {
  if (!text.includes('"Pick"')) return text;
  return JSON.stringify(straighten(JSON.parse(text)));
}

function straighten(raw: unknown): unknown {
  if (typeof raw !== "object" || raw === null) return raw;
  if (Array.isArray(raw)) return raw.map(straighten);
  if (isMarked(raw, "Pick")) {
    const located = locateIn(raw, []);
    if (located.kind === "raw") return straighten(located.raw);
    return { $: "Artifact", v: { id: located.artifact, path: located.path } };
  }
  return Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, straighten(value)]));
}

function isMarked(raw: unknown, mark: string): raw is { readonly $: string; readonly v: unknown } {
  return typeof raw === "object" && raw !== null && (raw as { readonly $?: unknown }).$ === mark;
}
