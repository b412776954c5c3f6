import { type MaybeSecret, readSecret, type SecretReader, secretNames } from "../secret.ts";

const AUTH = Symbol.for("millrace.http-auth");

/** How a request says who it is from: `bearer(…)`, `basic(…)` or `headerAuth(…)`. Secrets are read when it is sent. */
export interface HttpAuth {
  readonly [AUTH]: true;
  /** Names of the stored secrets that it reads. */
  readonly secrets: readonly string[];
  /** @param what whose secrets these are, for messages. */
  headers(what: string, reader: SecretReader): Promise<Readonly<Record<string, string>>>;
}

/** `Authorization: Bearer …` (RFC 6750), best from the environment: `bearer(env("SHOP_API_TOKEN"))`. */
export function bearer(token: MaybeSecret): HttpAuth {
  return {
    [AUTH]: true,
    secrets: secretNames(token),
    headers: async (what, reader) => ({
      authorization: `Bearer ${await readSecret(token, `token of ${what}`, reader)}`,
    }),
  };
}

/** `Authorization: Basic …` (RFC 7617) with a user and a password. */
export function basic(user: MaybeSecret, password: MaybeSecret): HttpAuth {
  return {
    [AUTH]: true,
    secrets: secretNames(user, password),
    headers: async (what, reader) => {
      const name = await readSecret(user, `user of ${what}`, reader);
      return basicHeaders(name, await readSecret(password, `password of ${what}`, reader));
    },
  };
}

/** The header for a user and a password that are known already. */
export function basicHeaders(user: string, password: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`, "utf8").toString("base64")}` };
}

/** A header of the service's own, such as `x-api-key`. */
export function headerAuth(name: string, value: MaybeSecret): HttpAuth {
  return {
    [AUTH]: true,
    secrets: secretNames(value),
    headers: async (what, reader) => ({ [name]: await readSecret(value, `header ${name} of ${what}`, reader) }),
  };
}
