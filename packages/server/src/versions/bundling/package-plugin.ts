import { isBuiltin } from "node:module";
import type { OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from "esbuild";
import { InstalledPackages, splitSpecifier } from "./installed-package.ts";
import { moduleFormat } from "./module-format.ts";

/** Bare specifiers, without those of Node itself that say so. */
const BARE = /^(?:[^./n]|n$|n[^o]|no$|no[^d]|nod$|nod[^e]|node$|node[^:])/;
const REQUIRED = "required-package";
/** Marks a question of ours to esbuild, which must not come back to us. */
const ASKED = Symbol("asked");

export interface PackagePlugin {
  readonly plugin: Plugin;
  /** Names and versions of the packages that were left out of the bundle, sorted by name; grows with each build. */
  dependencies(): Record<string, string>;
}

/**
 * Decides for each package that is imported whether it stays outside of the bundle.
 *
 * Packages stay outside, `millrace` always. What Node could not load from outside comes in: TypeScript (a package of the
 * same repository, linked into `node_modules`), and what is not installed under that name but is an alias of a
 * `tsconfig.json`. A CommonJS package stays outside too, but is fetched by `require` instead of `import`: so its exports
 * can be imported by name, all of them, as in a repository that is compiled to CommonJS.
 */
export function packagePlugin(projectDir: string): PackagePlugin {
  const installed = new InstalledPackages();
  const left = new Map<string, string>();

  async function resolve(args: OnResolveArgs, build: PluginBuild): Promise<OnResolveResult | undefined> {
    if (args.pluginData === ASKED || args.kind === "entry-point" || isBuiltin(args.path)) return undefined;
    if (args.namespace === REQUIRED) return { path: args.path, external: true };
    const { name, subpath } = splitSpecifier(args.path);
    const pkg = installed.find(name, projectDir);
    if (name === "millrace" || name.startsWith("@millrace/"))
      return pkg === undefined ? notInstalled(name) : outside(args);
    // What cannot be reached from the project's folder cannot be reached from the bundle.
    if (pkg === undefined) return undefined;
    if (pkg.isWorkspace && (await isTypeScript(args, build))) return undefined;
    const format = moduleFormat(pkg, subpath);
    if (format === "typescript") return undefined;
    left.set(name, pkg.version ?? "");
    if (format === "commonjs" && args.kind !== "require-resolve") return { path: args.path, namespace: REQUIRED };
    return outside(args);
  }

  const plugin: Plugin = {
    name: "packages",
    setup(build) {
      build.onResolve({ filter: BARE }, (args) => resolve(args, build));
      build.onLoad({ filter: /.*/, namespace: REQUIRED }, (args) => ({
        contents: `module.exports = require(${JSON.stringify(args.path)});`,
        loader: "js",
        resolveDir: projectDir,
      }));
    },
  };
  return { plugin, dependencies: () => Object.fromEntries([...left].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

function outside(args: OnResolveArgs): OnResolveResult {
  return { path: args.path, external: true };
}

function notInstalled(name: string): OnResolveResult {
  return { errors: [{ text: `The package "${name}" is not installed. Run \`npm install ${name}\` in the project.` }] };
}

/** Asks esbuild itself, which knows aliases, conditions and extensions. */
async function isTypeScript(args: OnResolveArgs, build: PluginBuild): Promise<boolean> {
  const { path, errors } = await build.resolve(args.path, {
    kind: args.kind,
    importer: args.importer,
    resolveDir: args.resolveDir,
    pluginData: ASKED,
  });
  return errors.length === 0 && /\.[cm]?tsx?$/.test(path);
}
