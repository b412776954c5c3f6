import process from "node:process";
import { type Bench, printFigures, say } from "./figures.ts";

const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  chain: async () => (await import("./chain.ts")).chain,
  wide: async () => (await import("./wide.ts")).wide,
  map: async () => (await import("./map.ts")).map,
  postgres: async () => (await import("./postgres.ts")).postgres,
  history: async () => (await import("./history.ts")).history,
  blocked: async () => (await import("./blocked.ts")).blocked,
  fairness: async () => (await import("./fairness.ts")).fairness,
  plan: async () => (await import("./plan.ts")).plan,
  idle: async () => (await import("./idle.ts")).idle,
  ticks: async () => (await import("./ticks.ts")).ticks,
  events: async () => (await import("./events.ts")).events,
  failover: async () => (await import("./failover.ts")).failover,
  soak: async () => (await import("./soak.ts")).soak,
  live: async () => (await import("./live.ts")).live,
  reads: async () => (await import("./reads.ts")).reads,
  "reads-postgres": async () => (await import("./reads.ts")).readsOnPostgres,
  logs: async () => (await import("./logs.ts")).logs,
  remote: async () => (await import("./remote.ts")).remote,
  startup: async () => (await import("./startup.ts")).startup,
  web: async () => (await import("./web.ts")).web,
};

const name = process.argv[2] ?? "";
const load = BENCHES[name];
if (name === "peers") {
  process.exitCode = await (await import("./peers/command.ts")).peers(process.argv.slice(3));
} else if (load === undefined) {
  say(`usage: npm run -s bench -- <name>\nnames: ${Object.keys(BENCHES).join(", ")}, peers`);
  process.exitCode = 2;
} else {
  const bench = await load();
  printFigures(name, await bench());
}
