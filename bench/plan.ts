import { EngineUnderTest } from "./engine-under-test.ts";
import { type Figure, median, say } from "./figures.ts";
import { FLOWS, makeProject } from "./project-folder.ts";

const ROUNDS = 7;

/** From the request for a run of a 10,000-task flow to its first attempts being durably started. */
export async function plan(): Promise<readonly Figure[]> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const project = await makeProject(FLOWS.wide(10_000));
    // Opened anew each time, so that compiling the graph is part of it.
    const under = await EngineUnderTest.open(project.dir);
    const { firstStartMs } = await under.run("wide");
    times.push(firstStartMs);
    say(`round ${round + 1}: ${firstStartMs.toFixed(0)} ms`);
    await under.close();
    await project.remove();
  }
  return [{ name: "plan_ms", value: median(times), unit: "ms", goal: 300, better: "lower" }];
}
