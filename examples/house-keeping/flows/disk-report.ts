import { flow, shell, task } from "millrace";

const measure = shell("measure", { command: ["df", "-Pk", "."], output: "lines" });

/** Reads the second line of `df -Pk` (POSIX): file system, blocks, used, free, capacity, where. */
export const parse = task("parse", ({ lines }: { lines: string[] }) => {
  const [, blocks, , free] = (lines[1] ?? "").trim().split(/\s+/);
  const [totalKb, freeKb] = [Number(blocks), Number(free)];
  if (!(totalKb > 0) || Number.isNaN(freeKb)) throw new Error(`df said something else: ${lines.join(" / ")}`);
  return { freeKb, freeShare: freeKb / totalKb };
});

export default flow("disk-report", { description: "How full the disk is" }, () => parse({ lines: measure() }));
