import { placeText } from "@millrace/core";
import { expect, test } from "vitest";

test.each([
  [{ worker: "nightly-2", host: "db3", pid: 4_711 }, "nightly-2 on db3, process 4711"],
  [{ worker: null, host: "db3", pid: 1 }, "db3, process 1"],
])("%o is %s", (place, text) => {
  expect(placeText(place)).toBe(text);
});
