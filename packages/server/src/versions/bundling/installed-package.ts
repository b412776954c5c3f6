import { existsSync, readFileSync, realpathSync } from "node:fs";
import path from "node:path";

/** A package as it is installed: what of its manifest decides how it is loaded. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string | null;
  /** Its real folder, links followed. */
  readonly dir: string;
  /** It is linked to a folder outside any `node_modules`: a package of the same repository. */
  readonly isWorkspace: boolean;
  readonly manifest: PackageManifest;
}

interface PackageManifest {
  readonly version?: unknown;
  readonly type?: unknown;
  readonly main?: unknown;
  readonly exports?: unknown;
}

/** `@scope/name/sub/path` is `@scope/name` and `./sub/path`; the package itself is `.`. */
export function splitSpecifier(specifier: string): { name: string; subpath: string } {
  const parts = specifier.split("/");
  const nameParts = specifier.startsWith("@") ? 2 : 1;
  const rest = parts.slice(nameParts).join("/");
  return { name: parts.slice(0, nameParts).join("/"), subpath: rest === "" ? "." : `./${rest}` };
}

/** Finds installed packages the way Node does, folder by folder upward, and remembers what it found. */
export class InstalledPackages {
  readonly #byPlace = new Map<string, InstalledPackage | null>();

  find(name: string, fromDir: string): InstalledPackage | undefined {
    for (let dir = fromDir; ; dir = path.dirname(dir)) {
      const found = path.basename(dir) === "node_modules" ? null : this.#at(path.join(dir, "node_modules", name), name);
      if (found !== null) return found;
      if (path.dirname(dir) === dir) return undefined;
    }
  }

  #at(place: string, name: string): InstalledPackage | null {
    const known = this.#byPlace.get(place);
    if (known !== undefined) return known;
    const found = readPackage(place, name);
    this.#byPlace.set(place, found);
    return found;
  }
}

function readPackage(place: string, name: string): InstalledPackage | null {
  if (!existsSync(place)) return null;
  const dir = realpathSync(place);
  const manifest = readManifest(dir);
  return {
    name,
    version: typeof manifest.version === "string" ? manifest.version : null,
    dir,
    isWorkspace: !dir.split(path.sep).includes("node_modules"),
    manifest,
  };
}

function readManifest(dir: string): PackageManifest {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path.join(dir, "package.json"), "utf8"));
    return typeof parsed === "object" && parsed !== null ? parsed : {};
  } catch {
    // A folder without a readable manifest is loaded by its index file, as Node does.
    return {};
  }
}
