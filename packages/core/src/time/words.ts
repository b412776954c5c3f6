/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** Numbers in order, with three or more in a row as one stretch: `1, 2 and 5 to 9`. */
export function numbersInWords(numbers: readonly number[], name: (number: number) => string): string {
  const words: string[] = [];
  for (let at = 0; at < numbers.length; ) {
    let end = at;
    while (numbers[end + 1] === (numbers[end] as number) + 1) end += 1;
    const [first, last] = [numbers[at] as number, numbers[end] as number];
    if (end - at >= 2) words.push(`${name(first)} to ${name(last)}`);
    else words.push(...numbers.slice(at, end + 1).map(name));
    at = end + 1;
  }
  return listed(words);
}

/** `1 day`, `2 days`. */
export function counted(count: number, unit: string): string {
  return count === 1 ? unit : `${count} ${unit}s`;
}

/** `1st`, `2nd`, `23rd`. */
export function ordinal(number: number): string {
  const isTeen = number % 100 >= 11 && number % 100 <= 13;
  const ending = isTeen ? undefined : ["st", "nd", "rd"][(number % 10) - 1];
  return `${number}${ending ?? "th"}`;
}

const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS = "January February March April May June July August September October November December".split(" ");

/** @param weekday 1 for Monday to 7 for Sunday. */
export function weekdayName(weekday: number): string {
  return WEEKDAYS[weekday - 1] as string;
}

/** @param month counted from 1. */
export function monthName(month: number): string {
  return MONTHS[month - 1] as string;
}

/** A time of day in milliseconds: `06:00`, `06:00:30`. */
export function timeInWords(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const parts = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60), seconds % 60];
  const shown = parts[2] === 0 ? parts.slice(0, 2) : parts;
  return shown.map((part) => String(part).padStart(2, "0")).join(":");
}
