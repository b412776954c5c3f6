import { MillraceError } from "../errors/millrace-error.ts";
import { civilDay, DAY_MS, dayNumber, dayOf } from "../time/civil.ts";

/** Fields that a key may have, with how many digits each takes. Their names are those of Unicode's date patterns. */
const DIGITS = { yyyy: 4, MM: 2, dd: 2, HH: 2, mm: 2, ss: 2 } as const;
type Field = keyof typeof DIGITS;

/** One piece of a pattern: a field, the distance from UTC (`+0100`), or text as it is. */
const PIECE = /(yyyy|MM|dd|HH|mm|ss|xx)|'([^']*)'|([^A-Za-z'])/y;
/** What tells the second of two equal readings of the clock from the first. */
const OFFSET = "([+-]\\d{4})";

/** A reading of the clock as a key gives it. */
interface KeyReading {
  /** Fields that the key does not have are as early as they can be. As in `LocalMs`: the milliseconds it has in UTC. */
  readonly localMs: number;
  /** Null: the key does not say, and the first is meant where there are two. */
  readonly offsetMs: number | null;
}

/** How keys of windows are written, and read again. */
export interface KeyFormat {
  readonly fields: ReadonlySet<Field>;
  /** @param offsetMs written where the pattern has it; `isSecond` adds it where it has not. */
  write(reading: { readonly localMs: number; readonly offsetMs: number; readonly isSecond: boolean }): string;
  /** Undefined for a text of another form, and for days and times that do not exist. */
  read(key: string): KeyReading | undefined;
}

/**
 * Reads a pattern: `yyyy`, `MM`, `dd`, `HH`, `mm`, `ss`, `xx` for the distance from UTC, text between single quotes, and
 * anything that is no letter as it is.
 *
 * @param what the option, to name it in the message.
 * @throws MillraceError `INVALID_OPTION`.
 */
export function keyFormat(pattern: string, what: string): KeyFormat {
  const pieces = piecesOf(pattern, what);
  const fields = new Set(pieces.filter((piece) => piece.field !== null).map((piece) => piece.field as Field));
  const hasOffset = pieces.some(({ text, field }) => field === null && text === null);
  const expression = new RegExp(`^${pieces.map(expressionOf).join("")}${hasOffset ? "" : `${OFFSET}?`}$`);
  const names = pieces.filter(({ text }) => text === null).map(({ field }) => field);
  return {
    fields,
    write: ({ localMs, offsetMs, isSecond }) => {
      const values = fieldsOf(localMs);
      const texts = pieces.map(({ field, text }) =>
        field === null ? (text ?? offsetText(offsetMs)) : String(values[field]).padStart(DIGITS[field], "0"),
      );
      return texts.join("") + (isSecond && !hasOffset ? offsetText(offsetMs) : "");
    },
    read: (key) => {
      const match = expression.exec(key);
      return match === null ? undefined : readingOf([...names, null], match.slice(1));
    },
  };
}

interface Piece {
  readonly field: Field | null;
  /** Null with a field, and of the distance from UTC. */
  readonly text: string | null;
}

function piecesOf(pattern: string, what: string): Piece[] {
  const pieces: Piece[] = [];
  PIECE.lastIndex = 0;
  while (PIECE.lastIndex < pattern.length) {
    const rest = pattern.slice(PIECE.lastIndex);
    const match = PIECE.exec(pattern);
    if (match === null) {
      throw new MillraceError(
        "INVALID_OPTION",
        `The ${what} cannot be read at "${rest}": ${JSON.stringify(pattern)}.`,
        {
          hint: "The fields are yyyy, MM, dd, HH, mm, ss and xx (the distance from UTC); other letters go between single quotes.",
        },
      );
    }
    const [, field, quoted, other] = match;
    if (field === undefined) pieces.push({ field: null, text: quoted ?? (other as string) });
    else pieces.push({ field: field === "xx" ? null : (field as Field), text: null });
  }
  return pieces;
}

function expressionOf({ field, text }: Piece): string {
  if (field !== null) return `(\\d{${DIGITS[field]}})`;
  return text === null ? OFFSET : text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

function fieldsOf(localMs: number): Readonly<Record<Field, number>> {
  const number = dayOf(localMs);
  const { year, month, day } = civilDay(number);
  const seconds = Math.floor((localMs - number * DAY_MS) / 1_000);
  const minutes = Math.floor(seconds / 60);
  return { yyyy: year, MM: month, dd: day, HH: Math.floor(minutes / 60), mm: minutes % 60, ss: seconds % 60 };
}

/** @param names null stands for the distance from UTC. */
function readingOf(names: readonly (Field | null)[], texts: readonly (string | undefined)[]): KeyReading | undefined {
  const found: Record<Field, number> = { yyyy: 1970, MM: 1, dd: 1, HH: 0, mm: 0, ss: 0 };
  let offsetMs: number | null = null;
  for (const [place, text] of texts.entries()) {
    const name = names[place] as Field | null;
    if (text === undefined) continue;
    if (name === null) offsetMs = offsetOf(text);
    else found[name] = Number(text);
  }
  const days = dayNumber(found.yyyy, found.MM, found.dd);
  const localMs = days * DAY_MS + ((found.HH * 60 + found.mm) * 60 + found.ss) * 1_000;
  const back = fieldsOf(localMs);
  // The 30th of February and 25 o'clock are other days and hours when read back.
  const exists = (Object.keys(found) as Field[]).every((name) => back[name] === found[name]);
  return exists ? { localMs, offsetMs } : undefined;
}

function offsetText(offsetMs: number): string {
  const minutes = Math.round(Math.abs(offsetMs) / 60_000);
  const hours = Math.floor(minutes / 60);
  return `${offsetMs < 0 ? "-" : "+"}${String(hours).padStart(2, "0")}${String(minutes % 60).padStart(2, "0")}`;
}

function offsetOf(text: string): number {
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(3));
  return (text.startsWith("-") ? -minutes : minutes) * 60_000;
}

/** A wall-clock time as definitions write it: `2021-01-01`, `2021-01-01T06:00`, or with seconds. Undefined: it is none. */
export function readLocal(text: string): number | undefined {
  for (const format of LOCAL) {
    const reading = format.read(text);
    if (reading?.offsetMs === null) return reading.localMs;
  }
  return undefined;
}

const LOCAL = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss"].map((pattern) =>
  keyFormat(pattern, "local time"),
);
