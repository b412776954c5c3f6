import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { flow, type Ref, task } from "../src/index.ts";
import { refused } from "./refused.ts";

const extract = task("extract", (): { total: number; items: string[] } => ({ total: 1, items: [] }));

/** What `use` is refused with when it treats a reference as a value. */
function misuse(use: (ref: Ref<{ total: number; items: string[] }>) => unknown): ReturnType<typeof refused> {
  let error: ReturnType<typeof refused> | undefined;
  flow("misuse", () => {
    const ref = extract();
    error = refused(() => use(ref));
  });
  if (error === undefined) throw new Error("the build function did not run");
  return error;
}

// biome-ignore lint/suspicious/noExplicitAny: what an author does who got past the compiler.
type Loose = any;

describe("a reference used as a value", () => {
  const cases: Readonly<Record<string, (ref: Loose) => unknown>> = {
    "in a text": (ref) => `${ref}`,
    "in a sum": (ref) => ref + 1,
    "in a sum of a field": (ref) => ref.total + 1,
    "in a comparison": (ref) => ref.total > 1,
    "as a number": (ref) => Number(ref),
    "in JSON": (ref) => JSON.stringify({ ref }),
    "by then": (ref) => ref.then,
    "in a for loop": (ref) => [...ref.items],
    "by its keys": (ref) => Object.keys(ref),
    spread: (ref) => ({ ...ref }),
    "by a method": (ref) => ref.items.map(String),
    "by in": (ref) => "total" in ref,
    "by an assignment": (ref) => {
      ref.total = 1;
    },
    "by delete": (ref) => delete ref.total,
  };

  test.each(Object.entries(cases))("%s is refused", (_name, use) => {
    const error = misuse(use);
    expect(error.code).toBe("REF_AS_VALUE");
    expect(error.message).toMatch(
      /^extract\S* is a reference, not a value; .+ \(packages\/sdk\/test\/refs\.test\.ts:\d+:\d+\)$/,
    );
    expect(error.hint).not.toBe("");
  });

  test("is refused with the line", () => {
    const error = misuse((ref) => `total: ${ref.total}`);
    expect(error.frame).toMatch(/^> .*`total: \$\{ref\.total\}`/m);
    expect(error.message).toContain("extract.total is a reference");
  });

  test("is refused when it is awaited", async () => {
    let waiting: Promise<unknown> | undefined;
    flow("awaited", () => {
      const ref = extract();
      waiting = (async () => await ref)();
    });
    await expect(waiting).rejects.toMatchObject({ code: "REF_AS_VALUE" });
  });
});

test("a reference shows what it refers to", () => {
  const shown: string[] = [];
  flow("shown", ({ params }) => {
    const ref = extract();
    shown.push(inspect(ref.items[3]), inspect(params));
  });
  expect(shown).toEqual(["Ref<extract.items.3>", "Ref<params>"]);
});
