import { MillraceError } from "@millrace/core";
import { neverAgain } from "./verdict.ts";

const SECRET = Symbol.for("millrace.secret");

/** A value that is read from the environment when it is needed, in the worker, and never earlier. */
export interface Secret {
  readonly [SECRET]: true;
  /** The environment variable. */
  readonly variable: string;
  /** Taken when the variable is not set; null: then its absence is an error. */
  readonly fallback: string | null;
}

/** Text, or the name of the environment variable that holds it. */
export type MaybeSecret = string | Secret;

/**
 * Names an environment variable that holds a secret. The definition carries the name only; the value is read by the
 * worker when the task runs, and is masked in its log.
 *
 * @param variable `"SHOP_API_TOKEN"`.
 * @param options.default taken when the variable is not set. Defaults to none: then the task fails with
 *   `MISSING_SECRET`.
 */
export function env(variable: string, options: { readonly default?: string } = {}): Secret {
  if (typeof variable !== "string" || variable === "" || variable.includes("=")) {
    throw new MillraceError("INVALID_OPTION", `env: ${JSON.stringify(variable)} is not the name of a variable.`, {
      hint: 'Give the name alone, for example env("SHOP_API_TOKEN").',
    });
  }
  return { [SECRET]: true, variable, fallback: options.default ?? null };
}

/** Recognises what `env` makes, by any copy of this package. */
export function isSecret(value: unknown): value is Secret {
  return typeof value === "object" && value !== null && SECRET in value;
}

/** All values that secrets have had in this process. Kept process-wide, so that every copy of this package adds to it. */
const KNOWN = Symbol.for("millrace.secret-values");

/** Shorter values would mask ordinary words, and protect nothing. */
const SHORTEST_MASKED = 4;

function knownValues(): Set<string> {
  const holder = globalThis as { [KNOWN]?: Set<string> };
  holder[KNOWN] ??= new Set();
  return holder[KNOWN];
}

/**
 * Reads a secret from the environment.
 *
 * @param what for the message: `url of connection "shop"`.
 * @throws MillraceError `MISSING_SECRET` when its variable is not set.
 */
export function readSecret(value: MaybeSecret, what: string): string {
  if (!isSecret(value)) return value;
  const read = process.env[value.variable] ?? value.fallback;
  if (read === null) {
    throw neverAgain(
      new MillraceError("MISSING_SECRET", `The ${what} is in ${value.variable}, which is not set.`, {
        hint: `Set the environment variable ${value.variable} where the workers start.`,
      }),
    );
  }
  addSecretValue(read);
  return read;
}

/** Adds a value that `maskSecrets` hides from now on. */
function addSecretValue(value: string): void {
  if (value.length >= SHORTEST_MASKED) knownValues().add(value);
}

/** Replaces every known secret in a text by `***`, in the forms that URLs and JSON give it too. */
export function maskSecrets(text: string): string {
  let masked = text;
  // The longest first: one secret may be part of another.
  for (const value of [...knownValues()].sort((one, other) => other.length - one.length)) {
    for (const form of new Set([value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)])) {
      masked = masked.replaceAll(form, "***");
    }
  }
  return masked;
}

/** A URL that may be shown: without its password, and with known secrets masked. */
export function maskUrl(url: string | URL): string {
  const text = String(url).replace(/^([a-z][a-z0-9+.-]*:\/\/[^/?#:@]*):[^/?#@]*@/i, "$1:***@");
  return maskSecrets(text);
}
