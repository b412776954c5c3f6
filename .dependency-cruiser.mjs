// What may import what. The table itself is layers.json: it names every package and what its sources may import.
import { existsSync, readdirSync, readFileSync } from "node:fs";

const layers = JSON.parse(readFileSync(new URL("./layers.json", import.meta.url), "utf8"));
const packagesDir = new URL("./packages/", import.meta.url);
const packages = readdirSync(packagesDir).filter((name) => existsSync(new URL(`${name}/package.json`, packagesDir)));

/** The files that other packages may import: those that the package's `exports` name under our source condition. */
function frontDoors(name) {
  const { exports = {} } = JSON.parse(readFileSync(new URL(`${name}/package.json`, packagesDir), "utf8"));
  return Object.values(exports)
    .map((entry) => entry["@millrace/source"])
    .filter((file) => typeof file === "string")
    .map((file) => `packages/${name}/${file.replace("./", "")}`.replaceAll(".", "\\."));
}

const oneOf = (names) => `(?:${names.join("|")})`;
const doors = oneOf(packages.flatMap(frontDoors));

const layerRules = Object.entries(layers).flatMap(([name, mayImport]) => [
  {
    name: `${name}-imports-only-its-layer`,
    comment: `The sources of ${name} may import: ${mayImport.join(", ") || "nothing"}. See layers.json.`,
    severity: "error",
    from: { path: `^packages/${name}/(?!test/|scripts/)` },
    to: { path: "^packages/", pathNot: `^packages/${oneOf([name, ...mayImport])}/` },
  },
  {
    name: `${name}-tests-import-only-its-layer-and-the-kit`,
    comment: `Tests of ${name} may import what ${name} may, and @millrace/testing. Wider tests live in test/.`,
    severity: "error",
    from: { path: `^packages/${name}/(?:test|scripts)/` },
    to: { path: "^packages/", pathNot: `^packages/${oneOf([name, "testing", ...mayImport])}/` },
  },
]);

export default {
  forbidden: [
    ...layerRules,
    {
      name: "no-rings",
      comment: "Two files that need each other are one file, or hide a third. Type-only imports count.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "through-the-front-door",
      comment: "Import a package by what its exports name, not by a file inside it.",
      severity: "error",
      from: { path: "^packages/([^/]+)/" },
      to: { path: "^packages/", pathNot: [`^${doors}$`, "^packages/$1/"] },
    },
    {
      name: "through-the-front-door-from-outside",
      comment: "Tests across packages, benchmarks and examples use packages as their users do.",
      severity: "error",
      from: { pathNot: "^packages/" },
      to: { path: "^packages/", pathNot: `^${doors}$` },
    },
    {
      name: "by-name-not-by-path",
      comment: "Another package is imported by its name; a relative path steps over the wall.",
      severity: "error",
      from: { path: "^packages/([^/]+)/" },
      to: { path: "^packages/", pathNot: "^packages/$1/", dependencyTypes: ["local"] },
    },
    {
      name: "core-needs-nothing",
      comment: "core decides and does not act: no npm package, no module of Node.",
      severity: "error",
      from: { path: "^packages/core/src/", pathNot: "^packages/core/src/time/" },
      to: { pathNot: "^packages/core/src/" },
    },
    {
      name: "core-takes-zones-from-temporal",
      comment: "Rules of time zones are no arithmetic of ours. Nothing else of core needs them, and nothing else does.",
      severity: "error",
      from: { path: "^packages/core/src/time/" },
      to: { pathNot: "^packages/core/src/|(?:^|/)node_modules/temporal-polyfill/" },
    },
    {
      name: "zones-behind-the-second-front-door",
      comment: "Workers load @millrace/core and need no time zones: the polyfill is behind @millrace/core/time.",
      severity: "error",
      from: { path: "^packages/core/src/index[.]ts$" },
      to: { path: "(?:^|/)node_modules/temporal-polyfill/", reachable: true },
    },
    {
      name: "sources-do-not-import-tests",
      comment: "What ships does not depend on what proves it.",
      severity: "error",
      from: { path: "^packages/[^/]+/(?:src|bin)/" },
      to: { path: "/test/|^test/|^bench/|^scripts/|^examples/" },
    },
    {
      name: "kysely-only-in-store",
      comment: "SQL lives in one package. Everybody else speaks the domain.",
      severity: "error",
      from: { pathNot: "^packages/store/" },
      to: { path: "(?:^|/)node_modules/kysely/|^kysely$" },
    },
    {
      name: "everything-resolves",
      comment:
        "An import that leads nowhere fails when it runs. Programs of the peers are copied to where their packages are.",
      severity: "error",
      from: { pathNot: "^bench/peers/programs/javascript/[^/]+[.]mjs$" },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // TypeScript 7 has no parser that dependency-cruiser could use; without swc it would read no TypeScript at all.
    parser: "swc",
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(?!.*node_modules/).*(?:dist|fixtures|coverage)/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["@millrace/source", "import", "node", "default", "types"],
      extensions: [".ts", ".tsx", ".js", ".mjs", ".json", ".d.ts"],
    },
  },
};
