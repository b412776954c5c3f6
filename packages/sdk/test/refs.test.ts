import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { flow, task } from "../src/index.ts";
import { refused } from "./refused.ts";

const extract = task("extract", (): { total: number; items: string[] } => ({ total: 1, items: [] }));

/** What an author writes who got past the compiler: the reference taken for the value. */
interface Value {
  total: number;
  items: string[];
}

/** What `use` is refused with when it treats a reference as a value. */
function misuse(use: (value: Value) => unknown): ReturnType<typeof refused> {
  let error: ReturnType<typeof refused> | undefined;
  flow("misuse", () => {
    const ref = extract();
    error = refused(() => use(ref as unknown as Value));
  });
  if (error === undefined) throw new Error("the build function did not run");
  return error;
}

describe("a reference used as a value", () => {
  const cases: Readonly<Record<string, (value: Value) => unknown>> = {
    "in a text": ({ total }) => `${total}`,
    "in a sum": (value) => Number(value) + 1,
    "in a sum of a field": (value) => value.total + 1,
    "in a comparison": (value) => value.total > 1,
    "in JSON": (value) => JSON.stringify({ value }),
    "by in": (value) => "total" in value,
    "as a promise": (value) => Reflect.get(value, "then"),
    "in a for loop": (value) => [...value.items],
    "by its keys": (value) => Object.keys(value),
    spread: (value) => ({ ...value }),
    "by a method": (value) => value.items.map(String),
    "by an assignment": (value) => {
      value.total = 1;
    },
    "by delete": (value) => Reflect.deleteProperty(value, "total"),
    "by a definition": (value) => Object.defineProperty(value, "total", { value: 1 }),
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
    const error = misuse(({ total }) => `total: ${total}`);
    expect(error.frame).toMatch(/^> .*`total: \$\{total\}`/m);
    expect(error.message).toContain("extract.total is a reference");
  });

  test("is refused when it is awaited", async () => {
    let waiting: Promise<unknown> | undefined;
    flow("awaited", () => {
      const promise = extract() as unknown as Promise<Value>;
      waiting = (async () => await promise)();
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
