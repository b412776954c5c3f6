/** Where something is written. */
interface Found {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/**
 * Where a task is written, by its name: the first call that begins with it, as `task("load", …)` does and
 * `load.named("load-us")`. Definitions do not know their own place; only the calls that put tasks into a flow do.
 */
export function findDeclaration(id: string, texts: ReadonlyMap<string, string>): Found | null {
  const name = nameOf(id);
  const pattern = new RegExp(`\\w\\s*(?:<[^()]*>)?\\(\\s*(["'\`])${name.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")}\\1`);
  for (const [file, text] of texts) {
    const at = pattern.exec(text);
    if (at !== null) return { file, line: text.slice(0, at.index).split("\n").length };
  }
  return null;
}

/** Of `group/process[]` it is `process`. */
function nameOf(id: string): string {
  return (id.split("/").at(-1) ?? id).replaceAll("[]", "");
}

/** The text of a declaration: from its line to where the next thing begins at the margin. */
export function declarationText(text: string, line: number): string {
  const lines = text.split("\n").slice(line - 1);
  const end = lines.findIndex((each, place) => place > 0 && /^[^\s)}\]]/.test(each));
  return (end === -1 ? lines : lines.slice(0, end)).join("\n").trimEnd();
}
