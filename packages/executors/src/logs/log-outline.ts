import { decodeLine } from "./log-format.ts";
import { LOG_LEVELS, type LogLevel } from "./log-store.ts";

/** One offset is kept for this many lines: what is read to reach a line is no more than that. */
const LINES_PER_BLOCK = 64;
const NEWLINE = 0x0a;
const COMMA = 0x2c;
/** How each line of ours begins, and what stands between its time and the first letter of its level. */
const LINE = '{"t":';
const LEVEL = ',"level":"';
/** Times of this century have so many digits. */
const TIME_DIGITS = 13;

/** A stretch of a log's file: whole lines, of which the first has this number. */
export interface Block {
  readonly line: number;
  readonly offset: number;
  readonly end: number;
}

/**
 * Which level each line of a log has, and about where it stands: a byte for a line, and eight for each block of lines. Made by
 * one walk through the file, and continued where that ended when the file has grown.
 */
export class LogOutline {
  /** How many lines there are, without the end mark. */
  lines = 0;
  /** How far it has looked, in bytes: the end of a line. */
  offset = 0;
  isClosed = false;
  readonly counts = [0, 0, 0, 0];
  #levels = new Uint8Array(1_024);
  #blocks = new Float64Array(64);

  /** Takes whole lines that begin where it has stopped. */
  take(bytes: Buffer): void {
    let at = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, at)) {
      const level = levelIn(bytes, at, end);
      if (level === "end") this.isClosed = true;
      else this.#push(level, this.offset + at);
      at = end + 1;
    }
    this.offset += at;
  }

  /** How many lines are at least this loud. */
  count(level: LogLevel): number {
    let count = 0;
    for (let rank = LOG_LEVELS.indexOf(level); rank < LOG_LEVELS.length; rank += 1) count += this.counts[rank] ?? 0;
    return count;
  }

  /** How many lines before this one are at least this loud. */
  placeOf(level: LogLevel, line: number): number {
    const least = LOG_LEVELS.indexOf(level);
    const end = Math.min(line, this.lines);
    if (least === 0) return end;
    let place = 0;
    for (let at = 0; at < end; at += 1) if ((this.#levels[at] as number) >= least) place += 1;
    return place;
  }

  /** Lines that are at least this loud, from a line on, in either direction, without the first `skip` of them. */
  find(level: LogLevel, { from, skip = 0, limit, isBackward = false }: OutlineSearch): number[] {
    const least = LOG_LEVELS.indexOf(level);
    const found: number[] = [];
    const step = isBackward ? -1 : 1;
    let left = skip;
    for (let at = Math.min(from, this.lines - (isBackward ? 1 : 0)); at >= 0 && at < this.lines; at += step) {
      if ((this.#levels[at] as number) < least) continue;
      if (left > 0) left -= 1;
      else if (found.push(at) >= limit) break;
    }
    return found;
  }

  /** The block in which a line stands. */
  blockOf(line: number): Block {
    const place = Math.floor(line / LINES_PER_BLOCK);
    const next = (place + 1) * LINES_PER_BLOCK;
    return {
      line: place * LINES_PER_BLOCK,
      offset: this.#blocks[place] ?? 0,
      end: next < this.lines ? (this.#blocks[place + 1] ?? this.offset) : this.offset,
    };
  }

  #push(level: number, offset: number): void {
    if (this.lines === this.#levels.length) this.#levels = grown(this.#levels, new Uint8Array(2 * this.lines));
    this.#levels[this.lines] = level;
    this.counts[level] = (this.counts[level] ?? 0) + 1;
    if (this.lines % LINES_PER_BLOCK === 0) {
      const place = this.lines / LINES_PER_BLOCK;
      if (place === this.#blocks.length) this.#blocks = grown(this.#blocks, new Float64Array(2 * place));
      this.#blocks[place] = offset;
    }
    this.lines += 1;
  }
}

interface OutlineSearch {
  readonly from: number;
  readonly skip?: number;
  readonly limit: number;
  readonly isBackward?: boolean;
}

function grown<Numbers extends Uint8Array | Float64Array>(old: Numbers, larger: Numbers): Numbers {
  larger.set(old);
  return larger;
}

/** The level's place in `LOG_LEVELS`. A line that is not written as ours are is parsed. */
function levelIn(bytes: Buffer, from: number, end: number): number | "end" {
  let at = from + LINE.length + TIME_DIGITS;
  if (at < end && bytes[at] !== COMMA) at = bytes.indexOf(COMMA, from + LINE.length);
  const letter = at + LEVEL.length;
  // Enough of it to be told from any other line, without making a text of each.
  const isOurs = bytes[from + 2] === LETTER_T && bytes[at + 2] === LETTER_L && bytes[letter - 1] === QUOTE;
  const rank = at > from && letter < end && isOurs ? RANK_BY_LETTER.get(bytes[letter] as number) : undefined;
  if (rank !== undefined) return rank;
  const line = decodeLine(bytes.toString("utf8", from, end));
  return line === "end" ? line : Math.max(0, LOG_LEVELS.indexOf(line.level));
}

const [LETTER_T, LETTER_L, QUOTE] = [0x74, 0x6c, 0x22];
const RANK_BY_LETTER: ReadonlyMap<number, number> = new Map(
  LOG_LEVELS.map((level, rank) => [level.charCodeAt(0), rank] as const),
);
