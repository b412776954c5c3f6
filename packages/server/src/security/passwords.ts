import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { MillraceError } from "@millrace/core";
import { Turns, type Waiter } from "./turns.ts";

/** What a hash costs to make, and to guess. */
export interface ScryptCost {
  /** Of processor and memory (`N`); a power of two. */
  readonly n: number;
  readonly r: number;
  readonly p: number;
}

/** 32 MiB and a few tenths of a second (OWASP's cheat sheet for password storage, 2024). */
const COST: ScryptCost = { n: 2 ** 15, r: 8, p: 3 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** NIST SP 800-63B: length counts, and no rules about characters. */
const MIN_LENGTH = 12;
const MAX_BYTES = 1_024;
/** Hashing fills memory, and threads that files are read with too. */
const AT_ONCE = 2;
const WAITING_EACH = 8;

/** `busy`: too many of that source wait; nothing was compared. */
export type Verdict = "right" | "outdated" | "wrong" | "busy";

/** Makes and checks hashes of passwords, a few at once. How one was made stands in it, so that tomorrow's may cost more. */
export class Passwords {
  readonly #cost: ScryptCost;
  readonly #turns = new Turns(AT_ONCE, WAITING_EACH);
  /** Compared with where there is no password, so that an answer takes as long. Of a password that nobody has. */
  readonly #nobody: string;

  constructor(cost: ScryptCost = COST) {
    this.#cost = cost;
    this.#nobody = format(cost, randomBytes(SALT_BYTES), randomBytes(HASH_BYTES));
  }

  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES);
    return format(this.#cost, salt, await derive(password, salt, this.#cost));
  }

  /**
   * Compares a password with a hash, or with nothing at the same cost.
   *
   * @param waiter whose password it is meant to be, and where from: nobody takes all the turns.
   */
  async check(password: string, stored: string | null, waiter: Waiter): Promise<Verdict> {
    return (await this.#turns.take(waiter, () => this.#compare(password, stored))) ?? "busy";
  }

  async #compare(password: string, stored: string | null): Promise<Verdict> {
    const { cost, salt, hash } = parse(stored ?? this.#nobody);
    const given = await derive(password, salt, cost);
    if (!timingSafeEqual(given, hash) || stored === null) return "wrong";
    const { n, r, p } = this.#cost;
    return cost.n === n && cost.r === r && cost.p === p ? "right" : "outdated";
  }
}

/**
 * Refuses passwords that are guessed first.
 *
 * @throws MillraceError `USAGE`.
 */
export function checkPassword(password: string, name: string): void {
  const text = password.normalize("NFKC");
  const length = Array.from(text).length;
  if (length < MIN_LENGTH) {
    throw weak(`The password has ${length} characters; ${MIN_LENGTH} are the least.`);
  }
  if (Buffer.byteLength(text) > MAX_BYTES) throw weak(`The password has more than ${MAX_BYTES} bytes.`);
  if (new Set(text).size < 4) throw weak("The password is one character again and again.");
  const bare = text.toLowerCase().replaceAll(name.toLowerCase(), "");
  if (bare.length < MIN_LENGTH / 2) throw weak("The password is little more than the name.");
}

function weak(message: string): MillraceError {
  return new MillraceError("USAGE", message, { hint: "Take some words that have nothing to do with each other." });
}

/** The same text typed on two machines may be two series of code points, so it is made one first. */
function derive(password: string, salt: Buffer, { n, r, p }: ScryptCost): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const options = { N: n, r, p, maxmem: 256 * n * r };
  scrypt(password.normalize("NFKC"), salt, HASH_BYTES, options, (error, key) => {
    if (error === null) resolve(key);
    else reject(error);
  });
  return promise;
}

function format({ n, r, p }: ScryptCost, salt: Buffer, hash: Buffer): string {
  return ["scrypt", n, r, p, salt.toString("base64url"), hash.toString("base64url")].join("$");
}

function parse(stored: string): { readonly cost: ScryptCost; readonly salt: Buffer; readonly hash: Buffer } {
  const [, n, r, p, salt = "", hash = ""] = stored.split("$");
  const cost = { n: Number(n), r: Number(r), p: Number(p) };
  return { cost, salt: Buffer.from(salt, "base64url"), hash: Buffer.from(hash, "base64url") };
}
