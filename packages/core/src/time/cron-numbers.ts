import { badField, type CronField } from "./cron-field.ts";

/** The numbers that a field names, in order, each once. */
export function parseNumbers(field: CronField): readonly number[] {
  return distinct(field.text.split(",").flatMap((element) => parseElement(field, element)));
}

export function distinct(numbers: readonly number[]): readonly number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}

/** One element of a list: `*`, `5`, `1-5`, each with a step if it likes. A number with a step goes to the field's end. */
export function parseElement(field: CronField, element: string): readonly number[] {
  const [range = "", stepText, ...more] = element.split("/");
  if (element === "") throw badField(field, `has an empty element: ${JSON.stringify(field.text)}`);
  if (more.length > 0) throw badField(field, `has two steps in ${JSON.stringify(element)}`);
  const step = stepText === undefined ? 1 : parseStep(field, stepText);
  const [first, last] = parseRange(field, { range, element, hasStep: stepText !== undefined });
  const numbers: number[] = [];
  for (let number = first; number <= last; number += step) numbers.push(number);
  return numbers;
}

interface RangeText {
  readonly range: string;
  readonly element: string;
  readonly hasStep: boolean;
}

function parseRange(field: CronField, { range, element, hasStep }: RangeText): readonly [number, number] {
  // The week has seven days, although Sunday has two numbers.
  if (range === "*") return [field.min, field.name === "day of week" ? 6 : field.max];
  const [from = "", to, ...more] = range.split("-");
  if (more.length > 0 || from === "") throw badField(field, `has ${JSON.stringify(element)}, which is no range`);
  const first = parseNumber(field, from);
  if (to === undefined) return [first, hasStep ? field.max : first];
  let last = parseNumber(field, to);
  // FRI-SUN: Sunday is also the day after Saturday.
  if (field.name === "day of week" && last === 0 && first > 0) last = 7;
  if (first > last) {
    const hint = `A range goes upwards: write "${from}-${field.max},${field.min}-${to}" to go around.`;
    throw badField(field, `has ${JSON.stringify(range)}, which goes backwards`, hint);
  }
  return [first, last];
}

/** A number within the field, or the name of one: in full or its first three letters. */
export function parseNumber(field: CronField, text: string): number {
  const word = text.toUpperCase();
  const named = field.names.findIndex((name) => name === word || name.slice(0, 3) === word);
  if (named !== -1) return named + field.min;
  if (!/^\d{1,4}$/.test(text)) throw badField(field, `has ${JSON.stringify(text)}`);
  const number = Number(text);
  if (number < field.min || number > field.max) throw badField(field, `has ${number}`);
  return number;
}

function parseStep(field: CronField, text: string): number {
  const most = field.name === "day of week" ? 7 : field.max - field.min + 1;
  if (!/^\d{1,4}$/.test(text)) throw badField(field, `has ${JSON.stringify(text)} as a step`, STEP_HINT);
  const step = Number(text);
  if (step < 1) throw badField(field, "has a step of zero", STEP_HINT);
  if (step > most) {
    const hint = `Steps begin anew with each field: for a tick at every ${step} ${field.plural}, write every("…").`;
    throw badField(field, `has a step of ${step}, and there are ${most} ${field.plural}`, hint);
  }
  return step;
}

const STEP_HINT = 'A step is a number after a slash: "*/5", "10-50/20".';
