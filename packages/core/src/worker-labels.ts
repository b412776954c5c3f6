import { MillraceError } from "./errors/millrace-error.ts";

/** What a worker is, or has: `{ gpu: "a100", zone: "eu" }`. A task may ask for some of it. */
export type WorkerLabels = Readonly<Record<string, string>>;

const NAME = /^[a-z][a-z0-9._-]{0,62}$/;
const VALUE = /^[A-Za-z0-9._-]{1,63}$/;

/** Whether a worker has all the labels that are wanted. */
export function hasLabels(labels: WorkerLabels, wanted: WorkerLabels): boolean {
  return Object.entries(wanted).every(([name, value]) => Object.hasOwn(labels, name) && labels[name] === value);
}

/** The same labels are the same text: `gpu=a100,zone=eu`. */
export function labelsText(labels: WorkerLabels): string {
  return Object.keys(labels)
    .sort()
    .map((name) => `${name}=${labels[name]}`)
    .join(",");
}

/** The labels of such a text, which `labelsText` made. */
export function labelsOf(text: string): WorkerLabels {
  return Object.fromEntries(text.split(",").map((label) => label.split("=") as [string, string]));
}

/**
 * Gives labels back when they can be some.
 *
 * @param what names them in the refusal: `the labels of task "train"`.
 * @throws MillraceError `INVALID_OPTION`.
 */
export function checkLabels(labels: WorkerLabels, what: string): WorkerLabels {
  for (const [name, value] of Object.entries(labels)) {
    if (NAME.test(name) && typeof value === "string" && VALUE.test(value)) continue;
    throw new MillraceError(
      "INVALID_OPTION",
      `${what} cannot hold ${JSON.stringify(name)}: ${JSON.stringify(value)}.`,
      {
        hint: 'A label is a short name with a short text: { gpu: "a100" }. Letters, digits, dots, dashes and underlines.',
      },
    );
  }
  return labels;
}
