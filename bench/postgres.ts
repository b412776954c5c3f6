import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "../test/setup/embedded-postgres.ts";
import { chainOf } from "./chain.ts";
import type { Figure } from "./figures.ts";
import { wideOn } from "./wide.ts";

/** The chain and the wide flow with the state in a PostgreSQL of this machine that syncs every commit to disk. */
export async function postgres(): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-bench-"));
  const server = await startPostgres(folder, { fsync: true });
  try {
    const place = { hopGoalMs: 3, chain40GoalS: 0.15 };
    return [
      ...(await chainOf(3, { ...place, postgresUrl: await server.createDatabase("chain3") })),
      ...(await chainOf(40, { ...place, postgresUrl: await server.createDatabase("chain40") })),
      ...(await wideOn({ goal: 3_000, postgresUrl: await server.createDatabase("wide") })),
    ];
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
