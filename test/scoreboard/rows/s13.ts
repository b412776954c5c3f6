import { writeFileSync } from "node:fs";
import path from "node:path";
import { ServedProject } from "../../access/served-project.ts";
import { startMillrace } from "../../durability/command.ts";
import { type Heavy, holdSlowly, sendHeavy, Watch } from "../../hardening/heavy-requests.ts";
import { megabytes, seconds } from "../real/measure.ts";
import type { ScoreboardRow } from "../row.ts";

const MOST_P99_MS = 1_000;
const MOST_MEMORY = 200_000_000;
const CHECK_LIMIT_MS = 90_000;

export const row: ScoreboardRow = {
  id: "S13",
  title:
    "1 GB bodies, zip bombs, 100,000-deep JSON to the API and to a webhook, slow clients, a million-task definition",
  goal: "health p99 < 1 s, memory +200 MB at most, 0 crashes",
  stores: ["sqlite"],
  limitMinutes: { sized: 4, full: 30 },
  async run({ full, log }) {
    const project = await ServedProject.make();
    try {
      const watch = new Watch(project.url);
      const heavy = await sendHeavy(project, full ? 100 : 6);
      await holdSlowly(project.url, full ? 2_000 : 300, full ? 60_000 : 3_000);
      const { p99Ms, grown, probes } = await watch.end();
      const checked = await checkMillion(project.dir, full ? 1_000_000 : 200_000);
      for (const { name, statuses } of heavy) log(`${name}: ${statuses.join(", ")}`);
      for (const each of project.failures) log(String(each));
      log(checked.text);
      const wrong = heavy.filter(isWrong).length + project.failures.length;
      return {
        figure: `health p99 ${seconds(p99Ms)} of ${probes} probes, ${watch.refused} unanswered; memory +${megabytes(grown)} (the senders' too); ${wrong} of ${heavy.length} kinds accepted or answered 5xx; ${checked.text}`,
        reached: p99Ms < MOST_P99_MS && grown <= MOST_MEMORY && wrong + watch.refused === 0 && checked.ended,
        details: { p99Ms, grown, probes, wrong, checkMs: checked.ms },
      };
    } finally {
      await project.close();
    }
  },
};

/** Each is refused with 4xx. One that was hung up on while it still sent may have missed the answer. */
function isWrong({ statuses }: Heavy): boolean {
  return statuses.some((status) => status !== 0 && (status < 400 || status >= 500));
}

/** What `check` says to a definition of so many tasks, and that it ends by itself. */
async function checkMillion(dir: string, tasks: number): Promise<{ ended: boolean; ms: number; text: string }> {
  const text = `import { flow, task } from "millrace";
const one = task("one", () => 1);
export default flow("million", () => { for (let at = 0; at < ${tasks}; at += 1) one.named("t" + at)({}); });
`;
  writeFileSync(path.join(dir, "flows/million.ts"), text);
  const command = startMillrace({ dir, env: {} }, ["check", "--json"]);
  const timer = setTimeout(() => command.child.kill("SIGKILL"), CHECK_LIMIT_MS);
  const { code, ms, stdout } = await command.ended;
  clearTimeout(timer);
  const said = /"code":"([A-Z_]+)"/.exec(stdout)?.[1] ?? "no finding";
  const ended = code === 0 || code === 1;
  return { ended, ms, text: `check of ${tasks.toLocaleString("en")} tasks: exit ${code} (${said}) in ${seconds(ms)}` };
}
