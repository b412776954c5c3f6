import { MillraceError } from "@millrace/core";

/** Which answers are good: a status, a class such as `"2xx"`, a range such as `"200-299"`, or a list of these. */
export type ExpectedStatus = number | string | readonly (number | string)[];

export type StatusTest = (status: number) => boolean;

/** Reads what the author expects. Throws `INVALID_OPTION` for what is none of the forms. */
export function readExpected(expected: ExpectedStatus): StatusTest {
  const tests = (Array.isArray(expected) ? expected : [expected]).map(readOne);
  return (status) => tests.some((test) => test(status));
}

function readOne(expected: number | string): StatusTest {
  const text = String(expected);
  const kind = /^([1-5])xx$/i.exec(text)?.[1];
  if (kind !== undefined) return (status) => Math.floor(status / 100) === Number(kind);
  const [, first, last] = /^([1-5]\d\d)(?:-([1-5]\d\d))?$/.exec(text) ?? [];
  if (first !== undefined) return (status) => status >= Number(first) && status <= Number(last ?? first);
  throw new MillraceError("INVALID_OPTION", `The option \`expect\` is not a status: ${JSON.stringify(expected)}`, {
    hint: 'Write 200, "2xx", "200-299", or a list of these.',
  });
}
