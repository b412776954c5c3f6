import { MillraceError } from "../errors/millrace-error.ts";

const NAME = /^[a-z0-9](?:[a-z0-9._@+-]{0,126}[a-z0-9])?$/;

/**
 * Gives the name of a user or token back when it is one: lower-case letters, digits, `.`, `_`, `-`, `+` and `@`, at most 128
 * characters. An e-mail address in lower case is one. `:` is kept for records, where `token:ci` is no user.
 *
 * @throws MillraceError `INVALID_NAME`.
 */
export function checkAccountName(name: string, what: "user" | "token"): string {
  if (NAME.test(name)) return name;
  throw new MillraceError("INVALID_NAME", `This is not a name for a ${what}: ${JSON.stringify(name)}.`, {
    hint: `A ${what}'s name is made of lower-case letters, digits, ".", "_", "-", "+" and "@".`,
  });
}
