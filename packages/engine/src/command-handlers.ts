import type { Command, StoredCommand } from "@millrace/core";

/** A command of one kind, as it was written down. */
export type StoredCommandOf<Kind extends Command["kind"]> = StoredCommand & {
  readonly command: Extract<Command, { readonly kind: Kind }>;
};

/** What a service does with a command, inside a turn. It gives the answer, now or in a later turn. */
export type CommandHandler<Kind extends Command["kind"]> = (stored: StoredCommandOf<Kind>) => void;

/** Commands that services answer which the engine is put together with. */
export class CommandHandlers {
  readonly #byKind = new Map<Command["kind"], (stored: StoredCommand) => void>();

  /** Once for each kind. */
  set<Kind extends Command["kind"]>(kind: Kind, handler: CommandHandler<Kind>): void {
    this.#byKind.set(kind, handler as (stored: StoredCommand) => void);
  }

  get(kind: Command["kind"]): ((stored: StoredCommand) => void) | undefined {
    return this.#byKind.get(kind);
  }
}
