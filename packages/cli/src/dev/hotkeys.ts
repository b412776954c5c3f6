/** One key that does something. */
export interface Hotkey {
  readonly key: string;
  /** What it does, in two or three words. */
  readonly says: string;
  readonly act: () => void;
}

/** What hotkeys need of a terminal's input. */
export interface KeyStream {
  readonly isTTY?: boolean;
  setRawMode(raw: boolean): unknown;
  setEncoding(encoding: "utf8"): unknown;
  resume(): unknown;
  pause(): unknown;
  on(event: "data", listener: (text: string) => void): unknown;
  off(event: "data", listener: (text: string) => void): unknown;
}

const CTRL_C = "\u0003";
const CTRL_Z = "\u001a";

/**
 * Listens for single keys. In a terminal's raw mode Ctrl-C and Ctrl-Z are keys like others: they are made signals again.
 * Returns what gives the terminal back; twice is fine.
 */
export function listenForKeys(
  stream: KeyStream,
  keys: readonly Hotkey[],
  signal: (name: "SIGINT" | "SIGTSTP") => void,
): () => void {
  const take = (text: string): void => {
    for (const key of text) {
      if (key === CTRL_C) signal("SIGINT");
      else if (key === CTRL_Z) suspend(stream, signal);
      else keys.find((hotkey) => hotkey.key === key.toLowerCase())?.act();
    }
  };
  let isOver = false;
  stream.setRawMode(true);
  stream.setEncoding("utf8");
  stream.on("data", take);
  stream.resume();
  return () => {
    if (isOver) return;
    isOver = true;
    stream.off("data", take);
    stream.setRawMode(false);
    stream.pause();
  };
}

/** The shell gets its terminal as it was, and this process takes it again when it goes on. */
function suspend(stream: KeyStream, signal: (name: "SIGTSTP") => void): void {
  stream.setRawMode(false);
  process.once("SIGCONT", () => stream.setRawMode(true));
  signal("SIGTSTP");
}
