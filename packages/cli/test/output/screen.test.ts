import { EventEmitter } from "node:events";
import xterm from "@xterm/headless";
import { afterEach, describe, expect, test } from "vitest";
import { Screen, type ScreenStream } from "../../src/output/screen.ts";

/** A real terminal emulator behind the stream that a screen writes to. */
class Emulator extends EventEmitter implements ScreenStream {
  readonly #terminal: InstanceType<typeof xterm.Terminal>;
  writes = 0;

  constructor(columns: number, rows: number) {
    super();
    this.#terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true });
  }

  get columns(): number {
    return this.#terminal.cols;
  }

  get rows(): number {
    return this.#terminal.rows;
  }

  write(text: string): void {
    this.writes += 1;
    this.#terminal.write(text);
  }

  /** What was written so far has arrived. */
  async settled(): Promise<void> {
    await new Promise<void>((resolve) => this.#terminal.write("", resolve));
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.settled();
    this.#terminal.resize(columns, rows);
    this.emit("resize");
    await this.settled();
  }

  /** Every line, those that scrolled away too, without empty ones at the end. */
  async text(): Promise<string[]> {
    await this.settled();
    const { active } = this.#terminal.buffer;
    const lines: string[] = [];
    for (let row = 0; row < active.length; row += 1) lines.push(active.getLine(row)?.translateToString(true) ?? "");
    while (lines.at(-1) === "") lines.pop();
    return lines;
  }
}

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
