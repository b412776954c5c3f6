import { checkTaskName, MillraceError } from "@millrace/core";
import { withPlace } from "../source/refuse.ts";
import { neverAgain } from "./verdict.ts";

const SECRET = Symbol.for("millrace.secret");

/** A value that is read from the environment when it is needed, in the worker, and never earlier. */
export interface EnvironmentSecret {
  readonly [SECRET]: true;
  /** The environment variable. */
  readonly variable: string;
  /** Taken when the variable is not set; null: then its absence is an error. */
  readonly fallback: string | null;
}

/** A value that `millrace secret set` has stored. A worker asks for it when it is needed, and never earlier. */
export interface StoredSecret {
  readonly [SECRET]: true;
  /** Its name in the vault. */
  readonly name: string;
}

/** What stands for a secret in a definition: where it is, and not what it is. */
export type Secret = EnvironmentSecret | StoredSecret;

/** Text, or where it is: `env("A_VARIABLE")`, `secret("a-name")`. */
export type MaybeSecret = string | Secret;

/** Gives the values of stored secrets: a task's context does. */
export interface SecretReader {
  secret(name: string): Promise<string>;
}

/**
 * Names an environment variable that holds a secret. The definition carries the name only; the value is read by the
 * worker when the task runs, and is masked in its log.
 *
 * @param variable `"SHOP_API_TOKEN"`.
 * @param options.default taken when the variable is not set. Defaults to none: then the task fails with
 *   `MISSING_SECRET`.
 */
export function env(variable: string, options: { readonly default?: string } = {}): EnvironmentSecret {
  if (typeof variable !== "string" || variable === "" || variable.includes("=")) {
    throw new MillraceError("INVALID_OPTION", `env: ${JSON.stringify(variable)} is not the name of a variable.`, {
      hint: 'Give the name alone, for example env("SHOP_API_TOKEN").',
    });
  }
  return { [SECRET]: true, variable, fallback: options.default ?? null };
}

/**
 * Names a secret of the project, which `millrace secret set` keeps encrypted in its database. The definition carries the
 * name only; the worker asks for the value when the task runs, and it is masked in its log.
 *
 * @param name `"shop-token"`. `millrace check` says when nobody has set it; a task that needs it then fails with
 *   `MISSING_SECRET`.
 */
export function secret(name: string): StoredSecret {
  return { [SECRET]: true, name: withPlace(secret, () => checkTaskName(name, "secret")) };
}

/** The names of stored secrets among the options of a kind, also inside lists and objects; not what functions give. */
export function secretNames(...values: readonly unknown[]): string[] {
  return values.flatMap((value): string[] => {
    if (isSecret(value)) return "name" in value ? [value.name] : [];
    return isPlain(value) ? secretNames(...Object.values(value)) : [];
  });
}

function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype;
}

/** Recognises what `env` and `secret` make, by any copy of this package. */
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
 * Reads a secret from the environment or the vault.
 *
 * @param what for the message: `url of connection "shop"`.
 * @throws MillraceError `MISSING_SECRET` when its variable, or it itself, is not set.
 */
export async function readSecret(value: MaybeSecret, what: string, reader: SecretReader): Promise<string> {
  if (!isSecret(value)) return value;
  const read = "variable" in value ? readVariable(value, what) : await reader.secret(value.name);
  addSecretValue(read);
  return read;
}

function readVariable(value: EnvironmentSecret, what: string): string {
  const read = process.env[value.variable] ?? value.fallback;
  if (read === null) {
    throw neverAgain(
      new MillraceError("MISSING_SECRET", `The ${what} is in ${value.variable}, which is not set.`, {
        hint: `Set the environment variable ${value.variable} where the workers start.`,
      }),
    );
  }
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
