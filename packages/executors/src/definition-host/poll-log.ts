import type { LoadedModule } from "./messages.ts";

/** As much is kept of what one poll logs, in bytes. */
const KEPT_BYTES = 4 * 1024;
const CUT = "\n… (cut)";

/** What a poll logs, up to what is kept. */
export class PollLog {
  #kept = "";
  #bytes = 0;
  #isCut = false;

  add(text: string): void {
    if (this.#isCut) return;
    const bytes = Buffer.byteLength(text);
    if (this.#bytes + bytes <= KEPT_BYTES) {
      this.#kept += text;
      this.#bytes += bytes;
      return;
    }
    this.#isCut = true;
    // A character at the border is left out whole.
    const room = KEPT_BYTES - this.#bytes - Buffer.byteLength(CUT);
    const cut = Buffer.from(text)
      .subarray(0, Math.max(0, room))
      .toString("utf8")
      .replace(/\uFFFD$/, "");
    this.#kept += `${cut}${CUT}`;
  }

  /** Null when it logged nothing. */
  get text(): string | null {
    const text = this.#kept.trimEnd();
    return text === "" ? null : text;
  }
}

/** Why a poll did not come back, for people. */
export function pollLost(why: Extract<LoadedModule, { kind: "timed_out" | "died" }>): string {
  if (why.kind === "died") return `it ended its process (${why.how})`;
  const at = why.place === null ? "" : ` (${why.place.file}:${why.place.line})`;
  return `it did not answer within ${why.afterMs} ms${at}`;
}
