import { EventEmitter } from "node:events";
import xterm from "@xterm/headless";
import type { ScreenStream } from "../../src/output/screen.ts";

/** A real terminal emulator behind the stream that a screen writes to. */
export class Emulator extends EventEmitter implements ScreenStream {
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
