// Mutants that no test can kill, because the program does the same with them: by their file, the change and its line.
// One that is killed after all, or that is not there any more, fails the scoreboard's row: the list must stay true.

export interface Equivalent {
  readonly file: string;
  /** As `npm run mutation` prints it. */
  readonly key: string;
  /** Why nobody can tell. */
  readonly reason: string;
}

const RUN_PROGRESS = "packages/core/src/progress/run-progress.ts";
const CHOOSE = "packages/core/src/plan/choose.ts";
const WRITTEN_FIRST = "every field is written before it is read";
const LOOKED_AT_AGAIN = "what is looked at again is found as it is: only time is lost";

export const EQUIVALENTS: readonly Equivalent[] = [
  {
    file: RUN_PROGRESS,
    key: "{ total: 0, success: 0, failed: 0, skipped: 0, upstreamFailed: 0, } -> ({}) | readonly #counts: { -readonly [Field in keyof UpstreamCounts]: number } = {",
    reason: WRITTEN_FIRST,
  },
  ...["total", "success", "failed", "skipped", "upstreamFailed"].map((field) => ({
    file: RUN_PROGRESS,
    key: `0 -> 1 | ${field}: 0,`,
    reason: WRITTEN_FIRST,
  })),
  {
    file: RUN_PROGRESS,
    key: "1 -> 2 | this.#begin(this.root, 0, 1);",
    reason: "the top has one item, and slots beyond it are not pending",
  },
  {
    file: RUN_PROGRESS,
    key: "frame.state[slot] === PENDING -> true | if (frame.state[slot] === PENDING) this.#push(frame, slot);",
    reason: LOOKED_AT_AGAIN,
  },
  {
    file: RUN_PROGRESS,
    key: "from * frame.width -> from / frame.width | for (let slot = to * frame.width - 1; slot >= from * frame.width; slot -= 1) {",
    reason: LOOKED_AT_AGAIN,
  },
  ...["reopened[to] === 1 -> false", "1 -> 2", "continue; -> (skip)"].map((change) => ({
    file: CHOOSE,
    key: `${change} | if (reopened[to] === 1) continue;`,
    reason: LOOKED_AT_AGAIN,
  })),
  ...["reopened[to] = 1; -> (skip)", "1 -> 2"].map((change) => ({
    file: CHOOSE,
    key: `${change} | reopened[to] = 1;`,
    reason: LOOKED_AT_AGAIN,
  })),
];
