// Keeps the code in the guides the code that is compiled and tested: each block names where it is from.
import { readFileSync } from "node:fs";
import path from "node:path";

/**
 * A comment with the source and maybe one region of it, then the block:
 *
 * <!-- snippets/first-flow.ts#flow -->
 * ```ts
 */
const BLOCK = /^(<!-- ([\w./-]+)(?:#([\w-]+))? -->\n)```(\w*)\n[\s\S]*?^```$/gm;
const CODE_WITHOUT_SOURCE = /(?<!-->\n)^```(?:ts|tsx|python|sql)\n/m;

/** The document with its blocks as their sources are now. */
export function withSnippets(file: string): string {
  const text = readFileSync(file, "utf8");
  const loose = CODE_WITHOUT_SOURCE.exec(text);
  if (loose !== null) {
    const line = text.slice(0, loose.index).split("\n").length;
    throw new Error(`${file}:${line}: code that nobody compiles; say where it is from: <!-- snippets/file.ts -->`);
  }
  return text.replace(BLOCK, (...match: (string | undefined)[]) => {
    const [, comment = "", source = "", region, language = ""] = match;
    const code = snippet(path.join(path.dirname(file), source), region);
    return `${comment}\`\`\`${language}\n${code}\n\`\`\``;
  });
}

/** A whole source, or what stands between `#region name` and `#endregion`; lines that only steer tools are left out. */
function snippet(file: string, region: string | undefined): string {
  const lines = readFileSync(file, "utf8").split("\n");
  const start = region === undefined ? -1 : lines.findIndex((line) => new RegExp(`#region ${region}$`).test(line));
  if (region !== undefined && start < 0) throw new Error(`${file} has no region ${region}`);
  const rest = lines.slice(start + 1);
  const end = region === undefined ? rest.length : rest.findIndex((line) => line.endsWith("#endregion"));
  const shown = rest.slice(0, end).filter((line) => !/#(?:end)?region\b|biome-ignore/.test(line));
  const indents = shown.filter((line) => line !== "").map((line) => line.search(/\S/));
  return shown
    .map((line) => line.slice(Math.min(...indents)))
    .join("\n")
    .trim();
}
