import { expect, test } from "vitest";
import { tickCursor, tickPlaceOf } from "../../src/http/handlers/pages.ts";

test("the cursor of a tick names it, whatever its key", () => {
  for (const key of ["", "msg_1", "a,b ~ ü\u0000%2C"]) {
    const place = { atMs: 1_767_225_600_000, flow: "sales/orders", trigger: "web-hook", key };
    expect(tickPlaceOf(tickCursor(place))).toEqual(place);
  }
});

test.each(["", "12", "1767225600000", "x,a,b,c", "1,a,b", "1,,b,c", "1,a,b,c,d", "1,a,b,%E0%A4%A"])(
  "%j is the cursor of no page",
  (cursor) => {
    expect(() => tickPlaceOf(cursor)).toThrow("it is not the `next` of a page");
  },
);
