import type { GuessesRow } from "@millrace/core";
import { act } from "../act.ts";
import type { LoginGuessTable } from "../schema.ts";
import { fromJson } from "./json.ts";

/** The next version of an account's guesses; gives no row when it is not the next. */
export const putGuesses = act("putGuesses", (db, given: LoginGuessTable) =>
  db
    .insertInto("login_guess")
    .values({ account: given.account, version: given.version, at: given.at, last_at: given.last_at })
    .onConflict((conflict) =>
      conflict
        .column("account")
        .doUpdateSet((eb) => ({
          version: eb.ref("excluded.version"),
          at: eb.ref("excluded.at"),
          last_at: eb.ref("excluded.last_at"),
        }))
        .where((eb) => eb(eb.ref("login_guess.version"), "=", eb(eb.ref("excluded.version"), "-", eb.lit(1)))),
    )
    .returning("version"),
);

export const findGuesses = act("findGuesses", (db, given: { account: string }) =>
  db.selectFrom("login_guess").selectAll().where("account", "=", given.account),
);

export const removeGuesses = act("removeGuesses", (db, given: { before: number }) =>
  db.deleteFrom("login_guess").where("last_at", "<", given.before),
);

export function guessesToColumns({ account, version, atMs, lastAtMs }: GuessesRow): LoginGuessTable {
  return { account, version, at: JSON.stringify(atMs), last_at: lastAtMs };
}

export function guessesFromColumns({ account, version, at, last_at }: LoginGuessTable): GuessesRow {
  return { account, version, atMs: fromJson<readonly number[]>(at), lastAtMs: last_at };
}
