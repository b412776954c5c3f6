import { expect, onTestFinished, test, vi } from "vitest";
import { systemClock } from "../src/runtime/system-clock.ts";

const HOUR_MS = 3_600_000;

/** Somebody sets the clock of the machine. */
function setClockBy(ms: number): void {
  const real = Date.now;
  const set = vi.spyOn(Date, "now").mockImplementation(() => real() + ms);
  onTestFinished(() => set.mockRestore());
}

test("a delay is over after its time, also when the clock is set back meanwhile", async () => {
  const before = systemClock.now();
  const isOver = new Promise<void>((resolve) => void systemClock.after(5, resolve));
  setClockBy(-HOUR_MS);
  await isOver;
  expect(systemClock.now()).toBeLessThan(before);
});

test("an instant comes no earlier than the clock says", async () => {
  const instant = systemClock.now() + HOUR_MS + 5;
  setClockBy(HOUR_MS);
  await new Promise<void>((resolve) => void systemClock.at(instant, resolve));
  expect(systemClock.now()).toBeGreaterThanOrEqual(instant);
});
