import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { InstalledPackage } from "./installed-package.ts";

/** How Node would load what an import names: natively, through `require`, or not at all, since it is TypeScript. */
export type ModuleFormat = "module" | "commonjs" | "typescript";

/** The conditions under which Node resolves an `import`. */
const CONDITIONS = new Set(["import", "node", "default", "module-sync", "node-addons"]);

/**
 * Says how an installed package's module is written, from its manifest alone. What cannot be told is taken for a native
 * module: then Node's own message says what is wrong.
 */
export function moduleFormat(pkg: InstalledPackage, subpath: string): ModuleFormat {
  const file = targetFile(pkg, subpath);
  if (file === undefined) return "module";
  if (/\.[cm]?tsx?$/.test(file) && !file.endsWith(".d.ts")) return "typescript";
  if (file.endsWith(".mjs") || file.endsWith(".wasm")) return "module";
  if (/\.(?:cjs|json|node)$/.test(file)) return "commonjs";
  return nearestType(path.join(pkg.dir, file), pkg) === "module" ? "module" : "commonjs";
}

function targetFile(pkg: InstalledPackage, subpath: string): string | undefined {
  const { exports, main } = pkg.manifest;
  if (exports !== undefined && exports !== null) return exportedFile(exports, subpath);
  if (subpath !== ".") return subpath;
  return typeof main === "string" ? main : "index.js";
}

function exportedFile(exports: unknown, subpath: string): string | undefined {
  if (!isRecord(exports) || !Object.keys(exports).some((key) => key.startsWith("."))) {
    return subpath === "." ? conditionalFile(exports) : undefined;
  }
  if (subpath in exports) return conditionalFile(exports[subpath]);
  for (const [pattern, target] of Object.entries(exports)) {
    const [before, after] = pattern.split("*");
    if (before === undefined || after === undefined) continue;
    if (!subpath.startsWith(before) || !subpath.endsWith(after) || subpath.length < before.length + after.length)
      continue;
    const middle = subpath.slice(before.length, subpath.length - after.length);
    return conditionalFile(target)?.replaceAll("*", middle);
  }
  return undefined;
}

function conditionalFile(target: unknown): string | undefined {
  if (typeof target === "string") return target;
  if (Array.isArray(target)) return target.map(conditionalFile).find((file) => file !== undefined);
  if (!isRecord(target)) return undefined;
  for (const [condition, inner] of Object.entries(target)) {
    if (!CONDITIONS.has(condition)) continue;
    const file = conditionalFile(inner);
    if (file !== undefined) return file;
  }
  return undefined;
}

/** `type` of the nearest manifest: packages put small ones into the folders of their builds. */
function nearestType(file: string, pkg: InstalledPackage): unknown {
  for (let dir = path.dirname(file); dir.length > pkg.dir.length; dir = path.dirname(dir)) {
    const manifest = path.join(dir, "package.json");
    if (!existsSync(manifest)) continue;
    const parsed: unknown = JSON.parse(readFileSync(manifest, "utf8"));
    return isRecord(parsed) ? parsed["type"] : undefined;
  }
  return pkg.manifest.type;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
