import { describe, expect, test } from "vitest";
import { Frozen, type Stage } from "../stage/stage.ts";
import { begin, change, ended, openCutStage, runsOf } from "./stage-backfills.ts";

type Trouble = "crash before" | "crash after" | "fail before" | "fail after";

const SELECTION = { kind: "keys_between", from: "1969-03-01", to: "1969-03-03" } as const;

/** A backfill of three days, of which the last fails until it is retried, with trouble at one commit. */
async function playWith(trouble: Trouble, at: number): Promise<{ readonly commits: number; readonly runs: string[] }> {
  let commits = 0;
  let isWell = false;
  const stage: Stage = await openCutStage({
    plays: {
      load: ({ order }) => {
        if (order.slice?.kind === "key" && order.slice.key === "1969-03-03" && !isWell) throw new Error("bad");
        return null;
      },
    },
    commits: {
      commit: async (_changes, really) => {
        commits += 1;
        const isIt = commits === at;
        if (isIt && trouble === "fail before") throw new Error("not written");
        if (!(isIt && trouble === "crash before")) await really();
        if (isIt && trouble === "fail after") throw new Error("written, and nobody knows");
        if (!isIt || trouble.startsWith("fail")) return;
        stage.frozen = true;
        await new Promise<never>(() => {});
      },
    },
  });
  const surviving = async <Value>(act: () => Promise<Value>): Promise<Value> => {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof Frozen)) throw error;
      await stage.crash();
      return await act();
    }
  };
  // The same command: who crashed may have left it in the store.
  const id = await surviving(() => begin(stage, { selection: SELECTION }, "the request"));
  expect(await surviving(() => ended(stage, id))).toMatchObject({ state: "failed", made: 3, succeeded: 2, failed: 1 });
  isWell = true;
  stage.clock.advanceBy(1_000);
  await surviving(async () => {
    const known = await stage.place.store.triggers.findBackfill(id);
    if (known?.retriedAtMs === null) await change(stage, id, "retry_failed");
  });
  expect(await surviving(() => ended(stage, id))).toMatchObject({ state: "success", succeeded: 3, failed: 0 });
  const runs = (await runsOf(stage, id)).map(
    ({ slice, state }) => `${slice?.kind === "key" ? slice.key : ""} ${state}`,
  );
  await stage.close();
  return { commits, runs: runs.toSorted() };
}

const EXPECTED = ["1969-03-01 success", "1969-03-02 success", "1969-03-03 failed", "1969-03-03 success"];

describe("each window has exactly one run", () => {
  test.each(["crash before", "crash after", "fail before", "fail after"] as const)(
    "whichever commit meets a %s",
    async (trouble) => {
      const { commits } = await playWith(trouble, 0);
      for (let at = 1; at <= commits; at += 1) {
        const { runs } = await playWith(trouble, at);
        expect({ at, runs }).toEqual({ at, runs: EXPECTED });
      }
    },
  );
});
