/**
 * Secrets and variables of a project. The store keeps what it is given and opens nothing: a secret comes to it sealed.
 * Anybody may write, since no run's state hangs on it; two who write the same entry at once are told apart by its version.
 */
export interface Vault {
  /** Every entry that holds something, by kind and name. */
  list(): Promise<readonly VaultRow[]>;
  /** An entry, also one that was removed: its version goes on where it was. */
  find(kind: VaultKind, name: string): Promise<VaultRow | undefined>;
  /** Writes the next version of an entry. False when its version is not the one after what is there. */
  put(row: VaultRow): Promise<boolean>;
  /** Replaces what a version is sealed with, and nothing else. False when it is another version, or sealed with another key. */
  reseal(seal: Reseal): Promise<boolean>;
}

/** `secret`: sealed, and never shown. `variable`: plain, for what differs between places and is no secret. */
export type VaultKind = "secret" | "variable";

export interface VaultRow {
  readonly kind: VaultKind;
  readonly name: string;
  /** From 1, one more with each change. It is never given twice, also when the entry was removed in between. */
  readonly version: number;
  readonly holding: VaultHolding;
  readonly description: string | null;
  readonly setBy: string;
  readonly setAtMs: number;
}

export type VaultHolding =
  | { readonly kind: "plain"; readonly text: string }
  /** Only whoever has the key of this id can open it. */
  | { readonly kind: "sealed"; readonly keyId: string; readonly text: string }
  /** The value is elsewhere: `env:NAME` or `file:/run/secrets/x`, read when it is asked for. */
  | { readonly kind: "reference"; readonly to: string }
  | { readonly kind: "removed" };

export interface Reseal {
  readonly kind: VaultKind;
  readonly name: string;
  readonly version: number;
  /** What it was sealed with. */
  readonly fromKeyId: string;
  readonly keyId: string;
  readonly text: string;
}
