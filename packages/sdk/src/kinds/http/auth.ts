import { type MaybeSecret, readSecret } from "../secret.ts";

const AUTH = Symbol.for("millrace.http-auth");

/** How a request says who it is from: `bearer(…)`, `basic(…)` or `headerAuth(…)`. Secrets are read when it is sent. */
export interface HttpAuth {
  readonly [AUTH]: true;
  /** @param what whose secrets these are, for messages. */
  headers(what: string): Readonly<Record<string, string>>;
}

/** `Authorization: Bearer …` (RFC 6750), best from the environment: `bearer(env("SHOP_API_TOKEN"))`. */
export function bearer(token: MaybeSecret): HttpAuth {
  return { [AUTH]: true, headers: (what) => ({ authorization: `Bearer ${readSecret(token, `token of ${what}`)}` }) };
}

/** `Authorization: Basic …` (RFC 7617) with a user and a password. */
export function basic(user: MaybeSecret, password: MaybeSecret): HttpAuth {
  return {
    [AUTH]: true,
    headers: (what) => {
      const pair = `${readSecret(user, `user of ${what}`)}:${readSecret(password, `password of ${what}`)}`;
      return { authorization: `Basic ${Buffer.from(pair, "utf8").toString("base64")}` };
    },
  };
}

/** A header of the service's own, such as `x-api-key`. */
export function headerAuth(name: string, value: MaybeSecret): HttpAuth {
  return { [AUTH]: true, headers: (what) => ({ [name]: readSecret(value, `header ${name} of ${what}`) }) };
}
