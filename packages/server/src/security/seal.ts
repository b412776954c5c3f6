import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { MillraceError, type VaultKind } from "@millrace/core";

/** AES-256 takes keys of 32 bytes; GCM has nonces of 12 and tags of 16 (NIST SP 800-38D). */
export const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = "aes-256-gcm";

/** A key with the name by which rows say what they are sealed with: the beginning of its hash. */
export interface SecretKey {
  readonly id: string;
  readonly bytes: Buffer;
}

/** What a value belongs to. A sealed value opens as this entry and version only, so rows cannot be exchanged. */
export interface SealedIdentity {
  readonly kind: VaultKind;
  readonly name: string;
  readonly version: number;
}

export function secretKey(bytes: Buffer): SecretKey {
  return { id: createHash("sha256").update("millrace secret key\0").update(bytes).digest("hex").slice(0, 12), bytes };
}

/** Encrypts a value: nonce, tag and ciphertext, as base64. */
export function seal(value: string, identity: SealedIdentity, { bytes }: SecretKey): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, bytes, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associatedData(identity));
  const ciphertext = Buffer.concat([cipher.update(value, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]).toString("base64");
}

/**
 * Decrypts what `seal` gave.
 *
 * @throws MillraceError `SECRET_UNREADABLE` when it was changed, or belongs to another entry or version.
 */
export function unseal(sealed: string, identity: SealedIdentity, { bytes }: SecretKey): string {
  const all = Buffer.from(sealed, "base64");
  try {
    const decipher = createDecipheriv(CIPHER, bytes, all.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(associatedData(identity));
    decipher.setAuthTag(all.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    const text = Buffer.concat([decipher.update(all.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
    return text.toString("utf8");
  } catch (cause) {
    const { kind, name, version } = identity;
    throw new MillraceError("SECRET_UNREADABLE", `The ${kind} "${name}" (version ${version}) is not what was stored.`, {
      hint: `Somebody changed its row in the database. Set it again: \`millrace ${kind} set ${name}\`.`,
      cause,
    });
  }
}

function associatedData({ kind, name, version }: SealedIdentity): Buffer {
  return Buffer.from(JSON.stringify(["millrace vault", 1, kind, name, version]));
}
