import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { type KeyStream, listenForKeys } from "../../src/dev/hotkeys.ts";

/** A terminal's input, as far as keys need it. */
class Keyboard extends EventEmitter implements KeyStream {
  raw = false;

  setRawMode(raw: boolean): void {
    this.raw = raw;
  }

  setEncoding(): void {}

  resume(): void {}

  pause(): void {}

  type(text: string): void {
    this.emit("data", text);
  }
}

test("keys act, whatever their case; Ctrl-C and Ctrl-Z are signals again, and the terminal is given back", () => {
  const keyboard = new Keyboard();
  const seen: string[] = [];
  const keys = [{ key: "r", says: "reload", act: () => seen.push("reload") }];
  const end = listenForKeys(keyboard, keys, (signal) => seen.push(`${signal}${keyboard.raw ? "" : " with the shell"}`));
  expect(keyboard.raw).toBe(true);
  keyboard.type("xR");
  keyboard.type("\u0003");
  keyboard.type("\u001a");
  process.emit("SIGCONT", "SIGCONT");
  expect(keyboard.raw).toBe(true);
  expect(seen).toEqual(["reload", "SIGINT", "SIGTSTP with the shell"]);
  end();
  end();
  keyboard.type("r");
  expect(keyboard.raw).toBe(false);
  expect(seen).toHaveLength(3);
});
