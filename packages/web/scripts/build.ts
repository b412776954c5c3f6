// `npm run build -w @millrace/web`: builds the pages; with `-- --if-stale` only where something of them is newer.
import process from "node:process";
import { buildPages, ensureBuilt } from "./built.ts";

await (process.argv.includes("--if-stale") ? ensureBuilt() : buildPages());
