import { afterEach, describe, expect, test } from "vitest";
import { Screen } from "../../src/output/screen.ts";
import { Emulator } from "./emulator.ts";

const opened: Screen[] = [];
afterEach(() => {
  for (const screen of opened.splice(0)) screen.stop();
});

function open(emulator: Emulator, lines: { value: readonly string[] }): Screen {
  const screen = new Screen(emulator, () => lines.value);
  opened.push(screen);
  screen.start();
  return screen;
}

/** Stopping paints what is there now, without waiting for a frame. */
async function finalText(screen: Screen, emulator: Emulator): Promise<string[]> {
  screen.stop();
  return emulator.text();
}

describe("a screen", () => {
  test("paints over what it painted before, longer or shorter", async () => {
    const emulator = new Emulator(40, 10);
    const lines = { value: ["one", "two, which is longer", "three"] };
    const screen = open(emulator, lines);
    expect(await emulator.text()).toEqual(["one", "two, which is longer", "three"]);
    lines.value = ["uno", "dos"];
    expect(await finalText(screen, emulator)).toEqual(["uno", "dos"]);
  });

  test("leaves what is written above it", async () => {
    const emulator = new Emulator(40, 4);
    const lines = { value: ["a", "b"] };
    const screen = open(emulator, lines);
    screen.writeAbove(["note 1"]);
    screen.writeAbove(["note 2", "note 3"]);
    lines.value = ["A", "B"];
    expect(await finalText(screen, emulator)).toEqual(["note 1", "note 2", "note 3", "A", "B"]);
    screen.writeAbove(["after"]);
    expect(await emulator.text()).toEqual(["note 1", "note 2", "note 3", "A", "B", "after"]);
  });

  test("never wraps a line, and never is higher than the terminal", async () => {
    const emulator = new Emulator(10, 4);
    const screen = open(emulator, { value: ["0123456789abc", "b", "c", "d", "e"] });
    expect(await finalText(screen, emulator)).toEqual(["012345678…", "b", "c"]);
  });

  test.each([
    ["narrower", 12, 12],
    ["much narrower", 5, 12],
    ["wider", 60, 12],
    ["lower", 30, 5],
  ])("leaves nothing behind when the terminal becomes %s", async (_name, columns, rows) => {
    const emulator = new Emulator(30, 12);
    const lines = { value: ["first line of twenty-five", "second line, also long", "x"] };
    const screen = open(emulator, lines);
    await emulator.resize(columns, rows);
    lines.value = ["1", "2", "3"];
    expect(await finalText(screen, emulator)).toEqual(["1", "2", "3"]);
  });

  test("writes nothing when nothing has changed", async () => {
    const emulator = new Emulator(20, 5);
    const screen = open(emulator, { value: ["same"] });
    const before = emulator.writes;
    emulator.emit("resize");
    emulator.emit("resize");
    expect(emulator.writes).toBe(before);
    screen.stop();
    // The cursor comes back, and that is all.
    expect(emulator.writes).toBe(before + 1);
    screen.stop();
    expect(emulator.writes).toBe(before + 1);
    expect(await emulator.text()).toEqual(["same"]);
  });
});
