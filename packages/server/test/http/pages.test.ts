import { expect, test } from "vitest";
import { idOf, tickCursor, tickPlaceOf } from "../../src/http/handlers/pages.ts";

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

test("the cursor of a list by ids is an id", () => {
  for (const cursor of ["01KC3V8E3QWJ7Z9T5X2M4N6P8R", "A01KC3V8E3QWJ7Z9T5X2M4N6P8R"]) expect(idOf(cursor)).toBe(cursor);
  for (const cursor of ["", "0", "nope", "01kc3v8e3qwj7z9t5x2m4n6p8r", "01KC3V8E3QWJ7Z9T5X2M4N6P8%"]) {
    expect(() => idOf(cursor)).toThrow("it is not the `next` of a page");
  }
});
