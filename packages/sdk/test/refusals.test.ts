import { readFileSync } from "node:fs";
import type { MillraceError } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { choose, env, flow, group, type Ref, secret, task, when } from "../src/index.ts";
import { refused } from "./refused.ts";

const extract = task("extract", ({ region }: { region: string }) => [region]);
const load = task("load", ({ rows }: { rows: unknown }) => ({ done: true, rows }));
const size = task("size", (): "big" | "small" => "big");

const FILE = "packages/sdk/test/refusals.test.ts";
const SOURCE = readFileSync(FILE, "utf8").split("\n");

/** Every refusal says in which line the author wrote what is refused: the one with `mark` in a comment. */
function expectAt(error: MillraceError, mark: string): void {
  const line = SOURCE.findIndex((text) => text.endsWith(`// ${mark}`)) + 1;
  expect(line).toBeGreaterThan(0);
  expect(error.message).toContain(`(${FILE}:${line}:`);
  expect(error.frame).toContain(`> ${line} |`);
  expect(error.hint).not.toBe("");
}

describe("what cannot be placed", () => {
  test("anything outside of a flow", () => {
    const error = refused(() => {
      extract({ region: "eu" }); // outside
    });
    expect(error).toMatchObject({ code: "OUTSIDE_FLOW" });
    expectAt(error, "outside");
    expect(refused(() => extract.each(["eu"], (region) => ({ region }))).code).toBe("OUTSIDE_FLOW");
    expect(refused(() => group("g", () => 1)()).code).toBe("OUTSIDE_FLOW");
  });

  test("two tasks of one name", () => {
    const error = refused(() =>
      flow("twice", () => {
        extract({ region: "eu" }); // first of two
        extract({ region: "us" }); // second of two
      }),
    );
    expect(error.code).toBe("DUPLICATE_TASK");
    expectAt(error, "second of two");
    const first = SOURCE.findIndex((text) => text.endsWith("// first of two")) + 1;
    expect(error.message).toContain(`the first is at ${FILE}:${first}:9`);
    expect(error.hint).toContain('.named("extract-2")');
  });

  test("a task and a group of one name, and a task in both arms", () => {
    expect(
      refused(() =>
        flow("both", () => {
          extract({ region: "eu" });
          group("extract", () => load({ rows: 1 }))();
        }),
      ).code,
    ).toBe("DUPLICATE_TASK");
    expect(
      refused(() =>
        flow("arms", () => {
          when(
            extract({ region: "eu" }),
            () => load({ rows: 1 }),
            () => load({ rows: 2 }),
          );
        }),
      ).code,
    ).toBe("DUPLICATE_TASK");
  });

  test("a name that is none", () => {
    expect(refused(() => task("load all", () => 1))).toMatchObject({ code: "INVALID_NAME" });
    expect(refused(() => load.named("a/b"))).toMatchObject({ code: "INVALID_NAME" });
    expect(refused(() => group("", () => 1))).toMatchObject({ code: "INVALID_NAME" });
    expect(refused(() => flow("Daily Orders", () => {}))).toMatchObject({ code: "INVALID_NAME" });
    const error = refused(() => {
      task("a/b", () => 1); // bad name
    });
    expectAt(error, "bad name");
  });
});

describe("references", () => {
  test("of another flow", () => {
    let other: Ref<string[]> | undefined;
    flow("one", () => {
      other = extract({ region: "eu" });
    });
    const error = refused(() =>
      flow("two", () => {
        load({ rows: { deep: [other] } }); // foreign
      }),
    );
    expect(error).toMatchObject({ code: "FOREIGN_REF" });
    expectAt(error, "foreign");
    expect(refused(() => flow("three", () => load.after(other as Ref<string[]>)({ rows: 1 }))).code).toBe(
      "FOREIGN_REF",
    );
  });

  test("to a task in an arm, from outside", () => {
    const error = refused(() =>
      flow("arm", () => {
        const rows = extract({ region: "eu" });
        let inside: Ref<unknown> = rows;
        when(rows.length, () => {
          inside = load({ rows });
        });
        load.named("outside")({ rows: inside }); // from outside the arm
      }),
    );
    expect(error).toMatchObject({ code: "REF_OUTSIDE_REGION" });
    expectAt(error, "from outside the arm");
  });

  test("to a task in an arm, from the other arm", () => {
    let inside: Ref<unknown> | undefined;
    const error = refused(() =>
      flow("arms", () => {
        choose(size(), {
          big: () => {
            inside = load({ rows: 1 });
          },
          small: () => load.named("small")({ rows: inside }),
        });
      }),
    );
    expect(error.code).toBe("REF_OUTSIDE_REGION");
  });

  test("to the body of a map and to its item, from outside", () => {
    let inside: Ref<unknown> | undefined;
    let item: Ref<string> | undefined;
    const each = group("each", ({ region }: { region: Ref<string> }) => {
      item = region;
      inside = load({ rows: region });
    });
    const build = (use: () => unknown) => () =>
      flow("body", () => {
        each.each(["eu"], (region) => ({ region }));
        use();
      });
    expect(refused(build(() => load({ rows: inside }))).code).toBe("REF_OUTSIDE_REGION");
    expect(refused(build(() => load({ rows: item }))).code).toBe("REF_OUTSIDE_REGION");
    expect(refused(build(() => load.after(inside as Ref<unknown>)({ rows: 1 }))).code).toBe("REF_OUTSIDE_REGION");
    expect(
      refused(() =>
        flow("returned", () => {
          each.each(["eu"], (region) => ({ region }));
          return inside;
        }),
      ).code,
    ).toBe("REF_OUTSIDE_REGION");
  });
});

describe("inputs", () => {
  test("that cannot be stored, naming where", () => {
    const error = refused(() =>
      flow("function", () => {
        load({ rows: { callback: () => 1 } }); // not storable
      }),
    );
    expect(error).toMatchObject({ code: "INVALID_INPUT" });
    expect(error.message).toContain("rows.callback");
    expectAt(error, "not storable");
  });

  test("that contain themselves", () => {
    const ring: { self?: unknown; ref?: unknown } = {};
    ring.self = ring;
    expect(refused(() => flow("ring", () => load({ rows: ring }))).code).toBe("INVALID_INPUT");
    const error = refused(() =>
      flow("ring-with-ref", () => {
        ring.ref = extract({ region: "eu" });
        load({ rows: ring });
      }),
    );
    expect(error.code).toBe("INVALID_INPUT");
    expect(error.message).toContain("The input of load contains itself");
  });

  test.each([
    [secret("shop-token"), 'secret("shop-token")', 'await context.secret("shop-token")'],
    [env("SHOP_TOKEN"), 'env("SHOP_TOKEN")', "process.env.SHOP_TOKEN"],
  ])("that hold what stands for a secret, with where to read it", (stands, call, remedy) => {
    const error = refused(() =>
      flow("secret", () => {
        load({ rows: [{ token: stands }] }); // stands for a secret
      }),
    );
    expect(error).toMatchObject({ code: "INVALID_INPUT", hint: expect.stringContaining(remedy) });
    expect(error.message).toContain(`The input of load contains ${call}`);
    expectAt(error, "stands for a secret");
  });

  test("to wait for that are no task", () => {
    const error = refused(() =>
      flow("after", ({ params }) => {
        load.after(params)({ rows: 1 }); // after params
      }),
    );
    expect(error.code).toBe("INVALID_INPUT");
    expectAt(error, "after params");
  });

  test("to branch on that are constants", () => {
    const constant = true as unknown as Ref<boolean>;
    expect(refused(() => flow("when", () => when(constant, () => load({ rows: 1 })))).code).toBe("INVALID_INPUT");
  });
});

describe("trigger rules", () => {
  test("with nothing to look at", () => {
    const error = refused(() =>
      flow("rule", ({ params }) => {
        load.with({ triggerRule: "all_done" })({ rows: params }); // no upstream
      }),
    );
    expect(error).toMatchObject({ code: "RULE_WITHOUT_UPSTREAM" });
    expectAt(error, "no upstream");
    expect(
      refused(() => flow("map", () => load.with({ triggerRule: "one_done" }).each([1], (rows) => ({ rows })))).code,
    ).toBe("RULE_WITHOUT_UPSTREAM");
  });

  test("with something to look at, whatever it is", () => {
    const { spec } = flow("rules", () => {
      const rows = extract({ region: "eu" });
      load.with({ triggerRule: "all_done" })({ rows });
      load.named("after").with({ triggerRule: "one_failed" }).after(rows)({ rows: 1 });
      load.named("always").with({ triggerRule: "always" })({ rows: 1 });
      load
        .named("body")
        .with({ triggerRule: "none_failed" })
        .each([1], (item) => ({ rows: [item, rows] }));
      group("in", () => load.with({ triggerRule: "all_done" })({ rows: 1 })).after(rows)();
    });
    expect(spec.nodes.map(({ triggerRule }) => triggerRule)).toEqual([
      "all_success",
      "all_done",
      "one_failed",
      "always",
      "none_failed",
      "all_success",
      "all_done",
    ]);
  });

  test("that do not exist", () => {
    const rule = "all_sucess" as "all_success";
    const error = refused(() => load.with({ triggerRule: rule }));
    expect(error).toMatchObject({ code: "INVALID_OPTION", hint: 'Did you mean "all_success"?' });
  });
});

describe("functions that build", () => {
  test("must not be async", async () => {
    const build = (async () => {
      await Promise.resolve();
      throw new Error("nobody hears this");
    }) as unknown as () => void;
    const error = refused(() => {
      flow("async", build); // async flow
    });
    expect(error).toMatchObject({ code: "ASYNC_FLOW" });
    expectAt(error, "async flow");
    expect(refused(() => flow("arm", () => when(size(), build))).code).toBe("ASYNC_FLOW");
    expect(refused(() => flow("group", () => group("g", build)())).code).toBe("ASYNC_FLOW");
    await Promise.resolve();
  });

  test("must place something", () => {
    const error = refused(() => {
      flow("empty", () => {}); // empty flow
    });
    expect(error).toMatchObject({ code: "EMPTY_FLOW" });
    expectAt(error, "empty flow");
  });

  test("must be there", () => {
    expect(refused(() => flow("none", {} as () => void)).code).toBe("INVALID_OPTION");
    expect(refused(() => task("none", {} as () => void)).code).toBe("INVALID_OPTION");
  });

  test("may throw; the flow around is then left", () => {
    expect(() =>
      flow("throws", () => {
        throw new TypeError("mine");
      }),
    ).toThrow(new TypeError("mine"));
    expect(refused(() => load({ rows: 1 })).code).toBe("OUTSIDE_FLOW");
  });
});
