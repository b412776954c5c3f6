import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { FLEET_FILES, Fleet } from "../test/scoreboard/real/fleet.ts";
import { DATABASE_VARIABLE, RowProject } from "../test/scoreboard/real/row-project.ts";
import { type PostgresServer, startPostgres } from "../test/setup/embedded-postgres.ts";
import { type Figure, median, quantile, say } from "./figures.ts";

const ROUNDS = 10;
const SERVERS = 2;

/** What the loss of a leader costs: from the signal to the next task at work, started by the server that stood by. */
export async function failover(): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-bench-"));
  const server = await startPostgres(folder, { fsync: true });
  try {
    return [
      ...(await lose(server, "postgres", "SIGKILL")),
      ...(await lose(server, "postgres", "SIGTERM")),
      ...(await lose(server, "sqlite", "SIGKILL")),
      ...(await lose(server, "sqlite", "SIGTERM")),
    ];
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** By store and signal, what is to be reached at p99. Under a lease of 3 s, a killed leader is replaced after it. */
const GOALS_MS = { SIGKILL: 5_000, SIGTERM: 1_000 } as const;

async function lose(
  server: PostgresServer,
  store: "postgres" | "sqlite",
  signal: keyof typeof GOALS_MS,
): Promise<readonly Figure[]> {
  // Whatever the last project left in the environment.
  delete process.env[DATABASE_VARIABLE];
  const project = await RowProject.make(
    {
      store,
      full: true,
      seed: 0,
      log: say,
      postgresUrl: () => server.createDatabase(`failover_${signal.toLowerCase()}`),
    },
    FLEET_FILES,
  );
  try {
    const fleet = await Fleet.start(project, SERVERS);
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) times.push((await fleet.loseLeader(signal)).ms);
    const problems = [...(await fleet.finish()), ...(fleet.doubles > 0 ? [`${fleet.doubles} started twice`] : [])];
    if (problems.length > 0) throw new Error(problems.join("\n"));
    const name = `failover_${store}_${signal === "SIGKILL" ? "kill" : "handover"}`;
    const [p50, p99] = [median(times), quantile(times, 0.99)];
    say(`${name}: ${p50.toFixed(0)} ms p50, ${p99.toFixed(0)} ms p99 of ${ROUNDS}`);
    return [
      { name: `${name}_p50_ms`, value: p50, unit: "ms", goal: null, better: "lower" },
      { name: `${name}_p99_ms`, value: p99, unit: "ms", goal: GOALS_MS[signal], better: "lower" },
    ];
  } finally {
    await project.close();
  }
}
