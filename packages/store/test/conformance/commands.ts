import { type CommandAnswer, type CommandId, errorInfo } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { command, nextRunId, runRow } from "../rows.ts";
import { commitTo, type Subject } from "./subject.ts";

/** A promise and the function that keeps it: what a test waits for is a call, never a time. */
function signal(): { readonly given: Promise<void>; readonly give: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { given: promise, give: resolve };
}

export function commandsConform(subject: Subject): void {
  describe("a command", () => {
    test("waits for its answer in the order of arrival, whoever sent it", async () => {
      const other = await subject.openOther();
      const [first, second, third] = [command("c"), command("a"), command("b")];
      await other.insertCommand(first);
      await subject.store.insertCommand(second);
      await other.insertCommand(third);
      expect(await subject.store.pendingCommands(10)).toEqual([first, second, third]);
      expect(await subject.store.pendingCommands(2)).toEqual([first, second]);
    });

    test("is there once, however often it is sent", async () => {
      const sent = command("once");
      await subject.store.insertCommand(sent);
      await subject.store.insertCommand({ ...sent, actor: "somebody else" });
      expect(await subject.store.pendingCommands(10)).toEqual([sent]);
      await commitTo(subject, { answers: [{ id: sent.id, ok: true, run: nextRunId() }] });
      await subject.store.insertCommand(sent);
      expect(await subject.store.pendingCommands(10)).toEqual([]);
    });

    test("is answered once, for every process to see", async () => {
      const other = await subject.openOther();
      await other.insertCommand(command("good"));
      await other.insertCommand(command("bad"));
      expect(await other.findAnswer("good" as CommandId)).toBeUndefined();
      expect(await other.findAnswer("never sent" as CommandId)).toBeUndefined();
      const good: CommandAnswer = { id: "good" as CommandId, ok: true, run: nextRunId() };
      const bad: CommandAnswer = { id: "bad" as CommandId, ok: false, error: errorInfo("UNKNOWN_FLOW", "No flow") };
      await commitTo(subject, { answers: [good, bad] });
      await commitTo(subject, { answers: [{ id: bad.id, ok: true, run: nextRunId() }] });
      expect(await other.findAnswer(good.id)).toEqual(good);
      expect(await other.findAnswer(bad.id)).toEqual(bad);
    });
  });
}

export function watchesConform(subject: Subject): void {
  describe("a watch", () => {
    test("notices a command of another process", async () => {
      const other = await subject.openOther();
      const noticed = signal();
      subject.store.watch(noticed.give);
      await other.insertCommand(command("wake up"));
      await noticed.given;
      expect(await subject.store.pendingCommands(1)).toHaveLength(1);
    });

    test("notices a command of its own process", async () => {
      const noticed = signal();
      subject.store.watch(noticed.give);
      await subject.store.insertCommand(command("wake up"));
      await noticed.given;
      expect(await subject.store.pendingCommands(1)).toHaveLength(1);
    });

    test("notices what the leader commits", async () => {
      const other = await subject.openOther();
      const noticed = signal();
      other.watch(noticed.give);
      const run = runRow();
      await commitTo(subject, { runs: [run] });
      await noticed.given;
      expect(await other.unfinishedRuns()).toEqual([run.id]);
    });

    test("is quiet once it has ended, and others go on", async () => {
      const other = await subject.openOther();
      const noticed = signal();
      const calls: string[] = [];
      const end = subject.store.watch(() => calls.push("ended"));
      subject.store.watch(noticed.give);
      end();
      end();
      await other.insertCommand(command("wake up"));
      await noticed.given;
      expect(calls).toEqual([]);
    });
  });
}
