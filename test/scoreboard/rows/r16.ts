import { seeded } from "../../durability/seeded.ts";
import { DiskTrials } from "../real/disk-trials.ts";
import { compileFailingDisk } from "../real/failing-disk.ts";
import { largest } from "../real/measure.ts";
import type { RowSetting, ScoreboardRow } from "../row.ts";

/** A run writes to its database more often than this. */
const LAST_WRITE = 1_000;
const SIZED_TRIALS = 4;

export const row: ScoreboardRow = {
  id: "R16",
  title: "EIO / ENOSPC at the n-th write, n = 1…1,000; a small disk that is really full",
  goal: "`integrity_check` ok; 0 acknowledged writes lost; resumes when space returns",
  stores: ["sqlite", "postgres"],
  limitMinutes: { sized: 3, full: 150 },
  async run(at) {
    const trials = new DiskTrials(at);
    const notes: string[] = [];
    if (at.store === "sqlite") notes.push(await failAtWrites(at, trials));
    const wasFull = at.store === "sqlite" ? await trials.fullFolder() : await trials.fullTablespace();
    notes.push(wasFull ? "a really full disk met" : "no small disk here: that needs the right to mount");
    const { problems, count, wentOn } = trials;
    for (const problem of problems.slice(0, 20)) at.log(problem);
    return {
      figure: `${problems.length} problems in ${count} trials, ${wentOn} of which went on by themselves, the others with the next command; ${notes.join("; ")}`,
      reached: problems.length === 0 && count > 0,
      details: { problems: problems.length, trials: count, wentOn },
    };
  },
};

/** Each write for the full size, else some by chance; both errors. */
async function failAtWrites({ full, seed }: RowSetting, trials: DiskTrials): Promise<string> {
  const library = compileFailingDisk();
  if (library === undefined) return "writes were not failed: that needs Linux and a C compiler (cc)";
  const chance = seeded(seed);
  const numbers = full
    ? Array.from({ length: LAST_WRITE }, (_, index) => index + 1)
    : Array.from({ length: SIZED_TRIALS / 2 }, () => 1 + chance.below(LAST_WRITE));
  for (const n of numbers) {
    await trials.failAt(library, { n, error: "ENOSPC", chance });
    await trials.failAt(library, { n, error: "EIO", chance });
  }
  return `writes ${full ? "1" : Math.min(...numbers)} to ${largest(numbers)}`;
}
