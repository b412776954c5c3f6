import { describe, expect, test } from "vitest";
import { changes, runRow } from "../rows.ts";
import type { Subject } from "./subject.ts";

export function leadershipConforms(subject: Subject): void {
  describe("the leadership", () => {
    test("is one's alone until it is given up", async () => {
      const other = await subject.openOther();
      expect(await other.lead("other")).toBeUndefined();
      expect(await subject.store.lead("the leader itself")).toBeUndefined();
      await subject.leadership.release();
      await subject.leadership.release();
      const next = await other.lead("other");
      expect(next?.epoch).toBe(subject.leadership.epoch + 1);
    });

    test("ends with its store", async () => {
      const other = await subject.openOther();
      await subject.store.close();
      expect((await other.lead("other"))?.epoch).toBe(subject.leadership.epoch + 1);
    });

    test("is needed for a commit, in its own epoch", async () => {
      const other = await subject.openOther();
      const lost = { code: "LEADERSHIP_LOST" };
      const { epoch } = subject.leadership;
      await expect(other.commit(epoch, changes({ runs: [runRow()] }))).rejects.toMatchObject(lost);
      await subject.leadership.release();
      await expect(subject.store.commit(epoch, changes({ runs: [runRow()] }))).rejects.toMatchObject(lost);
      const next = await other.lead("other");
      await expect(subject.store.commit(epoch, changes({ runs: [runRow()] }))).rejects.toMatchObject(lost);
      await expect(other.commit(epoch, changes({ runs: [runRow()] }))).rejects.toMatchObject(lost);
      expect(await other.unfinishedRuns()).toEqual([]);
      const run = runRow();
      await other.commit(next?.epoch ?? epoch, changes({ runs: [run] }));
      expect(await subject.store.unfinishedRuns()).toEqual([run.id]);
    });

    test("released late does not take the place of a later one", async () => {
      await subject.leadership.release();
      const again = await subject.store.lead("again");
      await subject.leadership.release();
      await subject.store.commit(again?.epoch ?? subject.leadership.epoch, changes({ runs: [runRow()] }));
      expect(await subject.store.unfinishedRuns()).toHaveLength(1);
    });
  });
}
