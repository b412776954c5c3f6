import { createRequire } from "node:module";
import path from "node:path";
import { flow, python, task, type, when } from "millrace";
import { z } from "zod";

/** Where the npm package `vega-datasets` keeps ten thousand reports of birds that met aircraft. */
const locate = task("locate", (_: undefined, { projectDir }) => {
  const entry = createRequire(path.join(projectDir, "package.json")).resolve("vega-datasets");
  return path.resolve(path.dirname(entry), "../data/birdstrikes.csv");
});

// The mirror turns the first ones away; a script that ends with an exit code above 0 has failed, and is tried again.
const fetchReports = python("fetch", {
  script: "../python/fetch.py",
  args: ({ source, busy }) => [source, "--busy", busy],
  input: type<{ source: string; busy: number }>(),
  output: type<{ file: string; bytes: number }>(),
  retries: { limit: 3, delay: "200ms" },
  timeout: "1m",
});

const clean = python("clean", {
  script: "../python/clean.py",
  input: type<{ file: string }>(),
  // What a script gives comes from outside the compiler's sight, so it is checked.
  output: z.object({ file: z.string(), kept: z.int(), unidentified: z.int() }),
});

const summarise = python("summarise", {
  script: "../python/summarise.py",
  args: ({ file, top }) => [file, "--top", top],
  input: type<{ file: string; top: number }>(),
  output: z.array(z.object({ species: z.string(), strikes: z.int(), cost: z.number() })),
  outputFrom: "stdout",
});

const installed = python("has-dagster-pipes", {
  script: "../python/installed.py",
  args: ["dagster_pipes"],
  output: type<boolean>(),
});

/** A script that was written for Dagster, unchanged: its logs, its reports and its result arrive. */
const publish = python("publish-with-pipes", {
  script: "../python/publish_with_pipes.py",
  input: type<{ rows: { species: string; strikes: number; cost: number }[] }>(),
  output: z.object({ file: z.string() }),
  outputFrom: "message",
});

const explain = task("without-pipes", (_: undefined, { log }) => {
  log.warn("dagster-pipes is not installed, so that script was left out: pip install dagster-pipes");
  return { file: null };
});

export default flow(
  "bird-strikes",
  {
    description: "Birds that met aircraft, counted by Python",
    params: z.object({ busy: z.int().min(0).default(1), top: z.int().min(1).default(10) }),
  },
  ({ params }) => {
    const fetched = fetchReports({ source: locate(), busy: params.busy });
    const cleaned = clean({ file: fetched.file });
    const rows = summarise({ file: cleaned.file, top: params.top });
    const published = when(
      installed(),
      () => publish({ rows }),
      () => explain(),
    );
    return { rows, published };
  },
);
