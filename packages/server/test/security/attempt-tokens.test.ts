import { randomBytes } from "node:crypto";
import type { AttemptRow, RunRow } from "@millrace/core";
import { expect, test } from "vitest";
import { AttemptTokens } from "../../src/security/attempt-tokens.ts";
import { secretKey } from "../../src/security/seal.ts";

const RUN = "01JZZZZZZZZZZZZZZZZZZZZZZZ";

/** One attempt, in a state that the test moves, and keys that it may lose. */
function around() {
  const keys = [secretKey(randomBytes(32))];
  const row = { run: "running", attempt: "running", hook: "" };
  const store = {
    findAttempt: async (_run: string, id: number) =>
      id === 7 ? ({ id, state: row.attempt, hook: row.hook } as AttemptRow) : undefined,
    history: { findRun: async () => ({ id: RUN, state: row.run, flow: "sales/orders" }) as RunRow },
  };
  const vault = {
    newestKey: async () => keys[0] as (typeof keys)[0],
    findKey: (id: string) => keys.find((key) => key.id === id),
  };
  return { keys, row, tokens: new AttemptTokens(store as never, vault) };
}

test("an attempt is known by its token, until it or its run has ended", async () => {
  const { row, tokens } = around();
  const token = await tokens.make(RUN as never, 7 as never);
  const grants = [{ role: "viewer", flows: "sales/orders" }];
  expect(await tokens.recognise(token)).toEqual({ kind: "attempt", name: "attempt:7", grants });
  row.attempt = "success";
  expect(await tokens.recognise(token)).toBeUndefined();
  Object.assign(row, { attempt: "running", run: "cancelled" });
  expect(await tokens.recognise(token)).toBeUndefined();
  row.hook = "failure";
  expect(await tokens.recognise(token)).toBeDefined();
  expect(await tokens.recognise(await tokens.make(RUN as never, 8 as never))).toBeUndefined();
});

test("no token is good that differs in one character, or was made with a key that is gone", async () => {
  const { keys, tokens } = around();
  const token = await tokens.make(RUN as never, 7 as never);
  for (let at = 0; at < token.length; at += 1) {
    for (const other of "Ab0-_.") {
      if (token[at] === other) continue;
      expect(await tokens.recognise(token.slice(0, at) + other + token.slice(at + 1))).toBeUndefined();
    }
  }
  for (const text of ["", "mra_", `${token}A`, token.slice(0, -1), token.replace("mra_", "mr_")]) {
    expect(await tokens.recognise(text)).toBeUndefined();
  }
  keys.unshift(secretKey(randomBytes(32)));
  expect(await tokens.recognise(token)).toBeDefined();
  keys.pop();
  expect(await tokens.recognise(token)).toBeUndefined();
});
