import type { SecretMask } from "../logs/secret-mask.ts";
import type { ReportPipe } from "./report-pipe.ts";

/** Where every copy of the authoring package keeps the secrets that were read in this process. */
const KNOWN = Symbol.for("millrace.secret-values");

/** Tells the parent of each secret at the moment it is read, so before anybody can print it. */
export function watchSecrets(mask: SecretMask, reports: ReportPipe): void {
  const holder = globalThis as { [KNOWN]?: Set<string> };
  holder[KNOWN] = new WatchedSet((value) => {
    mask.add([value]);
    reports.send({ kind: "secrets", values: [value] });
  });
}

/** A secret that came by another way than the authoring package. */
export function rememberSecret(value: string): void {
  const holder = globalThis as { [KNOWN]?: Set<string> };
  holder[KNOWN] ??= new Set();
  holder[KNOWN].add(value);
}

class WatchedSet extends Set<string> {
  readonly #onAdd: (value: string) => void;

  constructor(onAdd: (value: string) => void) {
    super();
    this.#onAdd = onAdd;
  }

  override add(value: string): this {
    if (!this.has(value)) this.#onAdd(value);
    return super.add(value);
  }
}
