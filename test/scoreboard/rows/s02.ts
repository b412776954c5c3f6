import { ServedProject } from "../../access/served-project.ts";
import { seeded } from "../../durability/seeded.ts";
import { sendMalformed } from "../../hardening/malformed-requests.ts";
import { megabytes } from "../real/measure.ts";
import type { ScoreboardRow } from "../row.ts";

const MOST_MEMORY = 100_000_000;

export const row: ScoreboardRow = {
  id: "S2",
  title: "Malformed requests, half by the schemas of all routes, half by raw bytes, from an admin",
  goal: "100,000 of them: 0 answers 5xx, 0 hangs > 2 s, memory +100 MB at most",
  stores: ["sqlite"],
  async run({ full, seed, log }) {
    const project = await ServedProject.make();
    try {
      const chance = seeded(seed);
      // What is compiled and kept once is no growth.
      await sendWarmUp(project);
      const before = memoryNow();
      const { sent, faults, hangs, byStatus } = await sendMalformed(project, full ? 100_000 : 2_000, chance);
      const grown = Math.max(0, memoryNow() - before);
      for (const each of [...faults, ...project.failures.map(String)].slice(0, 20)) log(each);
      log([...byStatus].map(([status, count]) => `${count} × ${status}`).join(", "));
      const failures = faults.length + project.failures.length;
      return {
        figure: `${sent.toLocaleString("en")} requests: ${failures} answers 5xx, ${hangs} hangs, heap +${megabytes(grown)}`,
        reached: failures === 0 && hangs === 0 && grown <= MOST_MEMORY,
        details: { sent, failures, hangs, grown },
      };
    } finally {
      await project.close();
    }
  },
};

async function sendWarmUp(project: ServedProject): Promise<void> {
  for (let count = 0; count < 50; count += 1) await project.ask({ path: "/api/v1/health" });
}

function memoryNow(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
