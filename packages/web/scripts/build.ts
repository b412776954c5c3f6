// `npm run build -w @millrace/web`: builds the pages beside those that are served, and puts them in their place at once,
// so that a server or a test that reads them meanwhile finds all of one build.
import { renameSync, rmSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { build } from "vite";

const root = path.resolve(import.meta.dirname, "..");
const [built, next] = [path.join(root, "dist"), path.join(root, `dist-${process.pid}`)];

// Whoever starts it: a test's environment would make React's development build of it.
process.env["NODE_ENV"] = "production";
await build({ root, logLevel: "error", build: { outDir: next, emptyOutDir: true } });
rmSync(built, { recursive: true, force: true });
renameSync(next, built);
