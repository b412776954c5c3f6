// `npm run test:coverage`: core decides everything, so every branch of it is taken by one of its own tests.
import process from "node:process";
import { run } from "./run.ts";

process.exitCode = await run("vitest", ["run", "packages/core", "--coverage", "--reporter=dot"]);
