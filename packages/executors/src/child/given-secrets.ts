import { MillraceError } from "@millrace/core";
import { wholeForms } from "../logs/secret-forms.ts";

/** Shorter values are found in what has nothing to do with them, and a task must not fail for that. */
const MIN_LENGTH = 8;
/** A line of a secret, such as one of a key's body, gives it away when it is this long and no words. */
const MIN_LINE_LENGTH = 32;

/**
 * The secrets of the vault that attempts of this process were given. What a task hands on is kept, shown and handed to
 * other tasks, so it is refused when it holds one of them; it cannot be masked, because others work with it.
 */
export class GivenSecrets {
  /** By each form in which the text of an output would hold it. */
  readonly #names = new Map<string, string>();
  readonly #values = new Set<string>();

  get isEmpty(): boolean {
    return this.#names.size === 0;
  }

  add(name: string, value: string): void {
    if (this.#values.has(value)) return;
    this.#values.add(value);
    for (const piece of piecesOf(value)) {
      for (const form of wholeForms(piece)) {
        this.#names.set(form, name);
        // A text that holds the form stands in the output as JSON writes texts.
        this.#names.set(JSON.stringify(form).slice(1, -1), name);
      }
    }
  }

  /**
   * Looks at an encoded text before anything of it is kept.
   *
   * @param what names the value in the refusal: `output of task "load"`.
   * @throws MillraceError `SECRET_IN_OUTPUT`.
   */
  refuse(text: string, what: string): void {
    for (const [form, name] of this.#names) {
      if (!text.includes(form)) continue;
      throw new MillraceError("SECRET_IN_OUTPUT", `The value of the secret "${name}" is in the ${what}.`, {
        hint: `Leave it out, and ask for it with secret("${name}") where it is needed.`,
      });
    }
  }
}

/** The value with and without the line break of the file that it came from, and those of its lines that are secret too. */
function piecesOf(value: string): string[] {
  const lines = value.split(/\r?\n/).filter((line) => line.length >= MIN_LINE_LENGTH && !/\s/.test(line));
  return [...new Set([value, value.trim(), ...lines])].filter((piece) => piece.trim().length >= MIN_LENGTH);
}
