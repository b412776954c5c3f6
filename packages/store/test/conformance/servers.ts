import type { AttemptId, Epoch, ServerId, ServerRow, WorkerRow } from "@millrace/core";
import { describe, expect, test } from "vitest";
import type { Subject } from "./subject.ts";

const A: ServerRow = {
  id: "mill-1/4711/k3j9" as ServerId,
  kind: "server",
  host: "mill-1",
  pid: 4711,
  process: "boot/ns/4711-998877",
  role: "standing_by",
  startedAtMs: 1_700_000_000_000,
  epochs: [],
  held: null,
};
const B: ServerRow = { ...A, id: "mill-2/12/aaaa" as ServerId, kind: "command", startedAtMs: A.startedAtMs - 1 };

const W: WorkerRow = {
  id: "gpu-1/33/bbbb",
  name: "gpu-1",
  host: "gpu-1",
  pid: 33,
  version: "1.2.3",
  labels: { gpu: "a100" },
  slots: 4,
  server: A.id,
  connectedAtMs: 1_700_000_000_000,
};

export function serversConform(subject: Subject): void {
  describe("the servers", () => {
    test("are listed by when they began, with how long they have been silent", async () => {
      const { servers } = subject.store;
      expect(await servers.list()).toEqual([]);
      await servers.beat(A);
      await servers.beat(B);
      const known = await (await subject.openOther()).servers.list();
      expect(known).toEqual([expect.objectContaining(B), expect.objectContaining(A)]);
      for (const { silentMs } of known) expect(silentMs).toBeLessThan(60_000);
    });

    test("change what they say of themselves with each beat", async () => {
      const { servers } = subject.store;
      await servers.beat(A);
      const leading: ServerRow = { ...A, role: "leading", epochs: [3 as Epoch, 9 as Epoch] };
      await servers.beat(leading);
      expect(await servers.list()).toMatchObject([leading]);
      const leaving: ServerRow = { ...leading, role: "handing_over", held: [12 as AttemptId, 700 as AttemptId] };
      await servers.beat(leaving);
      expect(await servers.list()).toMatchObject([leaving]);
    });

    test("are forgotten one by one, and twice is fine", async () => {
      const { servers } = subject.store;
      await servers.beat(A);
      await servers.beat(B);
      await servers.remove(A.id);
      await servers.remove(A.id);
      expect(await servers.list()).toMatchObject([B]);
    });
  });

  describe("the workers of the servers", () => {
    test("are listed by when they came, come again, and are forgotten", async () => {
      const { servers } = subject.store;
      expect(await servers.listWorkers()).toEqual([]);
      const earlier = { ...W, id: "gpu-2/12/aaaa", labels: {}, connectedAtMs: W.connectedAtMs - 1 };
      await servers.keepWorker(W);
      await servers.keepWorker(earlier);
      expect(await (await subject.openOther()).servers.listWorkers()).toEqual([earlier, W]);
      const again = { ...W, slots: 0, server: B.id, connectedAtMs: W.connectedAtMs + 5 };
      await servers.keepWorker(again);
      await servers.removeWorker(earlier.id);
      await servers.removeWorker(earlier.id);
      expect(await servers.listWorkers()).toEqual([again]);
    });
  });

  describe("who leads", () => {
    test("is known to everybody, for as long as he does", async () => {
      const other = await subject.openOther();
      const { epoch } = subject.leadership;
      for (const store of [subject.store, other]) {
        expect(await store.findLeader()).toMatchObject({ epoch, holder: "test" });
      }
      await subject.leadership.release();
      expect(await subject.store.findLeader()).toBeUndefined();
      expect(await other.findLeader()).toBeUndefined();
      const next = await other.lead("another");
      expect(await subject.store.findLeader()).toMatchObject({ epoch: next?.epoch, holder: "another" });
    });
  });
}
