import { secretForms } from "./secret-forms.ts";

/** What stands in place of a secret. */
const MASK = "***";

/**
 * Takes secrets out of text before anything is written. It works on whole lines, so a secret that arrived in two chunks
 * is found all the same; a secret of several lines is taken out line by line.
 */
export class SecretMask {
  readonly #secrets = new Set<string>();
  #pattern: RegExp | null = null;

  /** Adds values, with the forms in which they usually appear. */
  add(values: Iterable<string>): void {
    for (const value of values) for (const form of secretForms(value)) this.#secrets.add(form);
    // Longer ones first: a secret that begins with another must go as a whole.
    const sorted = [...this.#secrets].sort((a, b) => b.length - a.length);
    this.#pattern =
      sorted.length === 0 ? null : new RegExp(sorted.map((secret) => RegExp.escape(secret)).join("|"), "g");
  }

  mask(text: string): string {
    return this.#pattern === null ? text : text.replace(this.#pattern, MASK);
  }

  /** Masks a text that was cut somewhere: a piece of a secret at its end goes too. */
  maskCut(text: string): string {
    const masked = this.mask(text);
    for (const secret of this.#secrets) {
      for (let length = Math.min(secret.length - 1, masked.length); length > 0; length -= 1) {
        if (masked.endsWith(secret.slice(0, length))) return masked.slice(0, -length) + MASK;
      }
    }
    return masked;
  }

  /** Masks the texts inside plain data. */
  maskData(data: unknown): unknown {
    if (this.#pattern === null || data === undefined) return data;
    const text = JSON.stringify(data);
    const masked = this.mask(text);
    if (masked === text) return data;
    try {
      return JSON.parse(masked);
    } catch {
      // The secret was a bare number, or a part of one.
      return MASK;
    }
  }
}
