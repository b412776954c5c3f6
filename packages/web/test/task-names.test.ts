import { describe, expect, test } from "vitest";
import { namesMeant, namesText } from "../src/features/run/task-names.ts";

const RUNS = [
  "fetch",
  "load/airports",
  "load/airline[0]",
  "load/airline[1]",
  "load/airline[1]/check",
  "load/late/notify",
  "loading",
].map((task) => ({ task }));

describe("the tasks that are meant with what is selected", () => {
  test("are none for nothing, and one by its name, whether it ran or not", () => {
    expect(namesMeant(undefined, RUNS)).toEqual([]);
    expect(namesMeant("fetch", RUNS)).toEqual(["fetch"]);
    expect(namesMeant("not-begun", [])).toEqual(["not-begun"]);
  });

  test("are the map, for what stands in its items", () => {
    expect(namesMeant("load/airline[]", RUNS)).toEqual(["load/airline"]);
    expect(namesMeant("load/airline[]/check", RUNS)).toEqual(["load/airline"]);
  });

  test("are the branch, whichever way it is selected", () => {
    expect(namesMeant("is-late?", RUNS)).toEqual(["is-late"]);
  });

  test("are all of a group that have run, groups inside it too, and each map once", () => {
    expect(namesMeant("load/", RUNS)).toEqual(["load/airports", "load/airline", "load/late/notify"]);
    expect(namesMeant("load/late/", RUNS)).toEqual(["load/late/notify"]);
    expect(namesMeant("empty/", RUNS)).toEqual([]);
  });

  test("are named while they are few, and counted from three on", () => {
    expect(["a", "a b", "a b c"].map((text) => namesText(text.split(" ")))).toEqual(["a", "a and b", "these 3 tasks"]);
  });
});
