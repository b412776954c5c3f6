import type { Runtime } from "@millrace/server";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { withRuntime } from "../following/open-runtime.ts";
import { leaderRecord, leaderText, serverRecord, serverText, workerText } from "./server-text.ts";

/** `millrace server status`. Exits with 3 when nobody leads: what is asked for then waits. */
export async function serverStatus(call: CommandCall): Promise<ExitCode> {
  return await withRuntime(call, { versions: "stored", role: "reader" }, (runtime) => show(runtime, call));
}

async function show(runtime: Runtime, { console }: CommandCall): Promise<ExitCode> {
  const { leader, servers, workers } = await runtime.servers();
  console.record({ type: "leader", leader: leaderRecord(leader) });
  for (const server of servers) console.record({ type: "server", ...serverRecord(server) });
  for (const worker of workers) console.record({ type: "worker", ...worker });
  const others = servers.filter(({ id, isThere }) => isThere && id !== leader?.holder);
  console.print([
    leaderText(leader),
    ...others.map(serverText),
    ...workers.map((worker) => workerText(worker, "works")),
  ]);
  return leader === null ? EXIT.unreachable : EXIT.success;
}
