import { createHash, randomBytes } from "node:crypto";
import type { CredentialKind } from "@millrace/core";

/** What each kind begins with, so that people and scanners know what they see. */
const PREFIX: Readonly<Record<CredentialKind, string>> = {
  session: "mrs_",
  api: "mr_",
  worker: "mrw_",
  setup: "mrsetup_",
};
const SECRET_BYTES = 32;

/** Something that lets in whoever has it. It is shown once; the hash is kept. */
export interface CredentialSecret {
  readonly secret: string;
  readonly hash: string;
}

export function makeSecret(kind: CredentialKind): CredentialSecret {
  const secret = PREFIX[kind] + randomBytes(SECRET_BYTES).toString("base64url");
  return { secret, hash: hashOf(secret) };
}

/** A name for what nobody gives a name: no secret, and told from others of its kind. */
export function makeId(): string {
  return randomBytes(8).toString("hex");
}

/** Of 32 random bytes there is nothing to guess, so that a fast hash does; it is found by it, and never compared. */
export function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Whether a text can be a credential of ours at all: nobody asks the store about anything else. */
export function isSecret(text: string, kinds: readonly CredentialKind[]): boolean {
  return kinds.some(
    (kind) => text.startsWith(PREFIX[kind]) && /^[A-Za-z0-9_-]{43}$/.test(text.slice(PREFIX[kind].length)),
  );
}
