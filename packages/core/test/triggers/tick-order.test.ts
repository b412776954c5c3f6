import { newestTickFirst, type TickPlace } from "@millrace/core";
import { expect, test } from "vitest";

test("ticks are in one order, the newest first, also those of one instant", () => {
  const place = (atMs: number, flow: string, more: Partial<TickPlace> = {}): TickPlace => {
    return { atMs, flow, trigger: "t", key: "", ...more };
  };
  const inOrder = [
    place(2, "a"),
    place(1, "b"),
    place(1, "a", { trigger: "u" }),
    place(1, "a", { key: "2" }),
    place(1, "a", { key: "1" }),
  ];
  expect(inOrder.toReversed().sort(newestTickFirst)).toEqual(inOrder);
  expect(newestTickFirst(place(1, "a"), place(1, "a"))).toBe(0);
  expect(newestTickFirst(place(1, "b"), place(1, "a"))).toBe(-1);
  expect(newestTickFirst(place(1, "a"), place(1, "b"))).toBe(1);
});
