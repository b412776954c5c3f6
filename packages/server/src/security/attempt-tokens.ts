import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import {
  type AttemptId,
  isFinalAttemptState,
  isFinalRunState,
  isMillraceError,
  type Principal,
  type RunId,
  type Store,
} from "@millrace/core";
import type { ProjectVault } from "./project-vault.ts";
import type { SecretKey } from "./seal.ts";

const PREFIX = "mra_";
const FORM = /^mra_([A-Za-z0-9_-]{1,128})\.([A-Za-z0-9_-]{43})$/;
/** The key that it is made with, the run, and the attempt. */
const CLAIM = /^([0-9a-f]{12})\.([0-9A-Z]{26})\.([1-9][0-9]{0,15})$/;
const MAC_BYTES = 32;

/**
 * Tokens with which attempts read the API. They are nowhere kept: what makes one good is that it was made with a key of the
 * project's secrets, and that the store knows the attempt as one that goes on.
 */
export class AttemptTokens {
  readonly #store: Pick<Store, "findAttempt" | "history">;
  readonly #vault: Pick<ProjectVault, "newestKey" | "findKey">;

  constructor(store: Pick<Store, "findAttempt" | "history">, vault: Pick<ProjectVault, "newestKey" | "findKey">) {
    this.#store = store;
    this.#vault = vault;
  }

  /** For whoever knows that it is this attempt which asks. Makes the project's first key, where there is none. */
  async make(run: RunId, attempt: AttemptId): Promise<string> {
    const key = await this.#vault.newestKey();
    const claim = Buffer.from(`${key.id}.${run}.${attempt}`).toString("base64url");
    return `${PREFIX}${claim}.${macOf(claim, key)}`;
  }

  /** Who comes with a token; undefined for what is none, and from the end of its attempt on. */
  async recognise(token: string): Promise<Principal | undefined> {
    const [, claim = "", mac = ""] = FORM.exec(token) ?? [];
    const [, keyId = "", run = "", id = ""] = CLAIM.exec(Buffer.from(claim, "base64url").toString("latin1")) ?? [];
    const key = keyId === "" ? undefined : this.#findKey(keyId);
    // As text: the last character of an encoding has bits that decoding drops.
    if (key === undefined || !timingSafeEqual(Buffer.from(mac), Buffer.from(macOf(claim, key)))) return undefined;
    // Runs that were pruned are not there any more.
    const row = await this.#store.history.findRun(run);
    if (row?.id !== run) return undefined;
    const attempt = await this.#store.findAttempt(row.id, Number(id) as AttemptId);
    if (attempt === undefined || isFinalAttemptState(attempt.state)) return undefined;
    // Hooks of a flow run when their run has ended.
    if (attempt.hook === "" && isFinalRunState(row.state)) return undefined;
    // A flow's name has no `*` in it, so that it is a pattern of itself alone.
    return { kind: "attempt", name: `attempt:${id}`, grants: [{ role: "viewer", flows: row.flow }] };
  }

  /** Who shows a made-up token does not learn that the key's file is out of order. */
  #findKey(id: string): SecretKey | undefined {
    try {
      return this.#vault.findKey(id);
    } catch (error) {
      if (isMillraceError(error)) return undefined;
      throw error;
    }
  }
}

/** By a key of its own, so that what seals secrets does nothing else. */
function macOf(claim: string, { bytes }: SecretKey): string {
  const key = Buffer.from(hkdfSync("sha256", bytes, "", "millrace attempt token 1", MAC_BYTES));
  return createHmac("sha256", key).update(claim).digest("base64url");
}
