// `npm test`: runs vitest and ends with one line that a person and a machine can read, `N passed, N failed, N skipped`,
// made from the counts of the run itself. A skipped test fails the run: a test that does not run protects nobody.
// Files named `*.long.test.ts` kill and restart processes for many seconds: `npm run test:long` runs those alone, as one of
// the gates of `npm run verify`, and `npm test` leaves them out unless it is given their names. With `--published` the command
// line that tests start is the one of `npm run build`, not the sources.
import process from "node:process";
import { startVitest, type TestModule, type Vitest } from "vitest/node";
import { PUBLISHED_VARIABLE } from "../test/setup/installed.ts";

type Counts = { passed: number; failed: number; skipped: number };

function countModule(module: TestModule, counts: Counts): void {
  const failedBefore = counts.failed;
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    // A pending test was never reached because its process died: that is a failure, not a skip.
    if (state === "passed") counts.passed += 1;
    else if (state === "skipped") counts.skipped += 1;
    else counts.failed += 1;
  }
  // A file that does not load has no tests that could fail, and still it failed.
  if (!module.ok() && counts.failed === failedBefore) counts.failed += 1;
}

function count(vitest: Vitest): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const module of vitest.state.getTestModules()) countModule(module, counts);
  counts.failed += vitest.state.getUnhandledErrors().length;
  return counts;
}

async function run(args: readonly string[]): Promise<Counts> {
  const coverage = args.includes("--coverage");
  const filters = args.filter((arg) => !arg.startsWith("--"));
  const long = args.includes("--long");
  if (args.includes("--published")) process.env[PUBLISHED_VARIABLE] = "dist/publish";
  const vitest = await startVitest("test", filters, {
    run: true,
    watch: false,
    coverage: { enabled: coverage },
    ...(filters.length > 0 && !long ? {} : { project: long ? ["long"] : ["together", "apart"] }),
  });
  await vitest.close();
  const counts = count(vitest);
  // What vitest holds against the run beside its tests (a coverage threshold, a failed teardown) is in the exit code.
  if (process.exitCode !== undefined && process.exitCode !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}

const counts = await run(process.argv.slice(2));
const good = counts.passed > 0 && counts.failed === 0 && counts.skipped === 0;
if (counts.passed + counts.failed + counts.skipped === 0) process.stderr.write("No tests were found.\n");
// Written with a callback, so that the last line is out before the process may end.
process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`, () => {
  process.exit(good ? 0 : 1);
});
