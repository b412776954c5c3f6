import { ROUTES } from "@millrace/contract";
import { expect, test } from "vitest";
import { rank } from "../src/app/rank.ts";
import { oneOf, textIn, textsIn, wholeIn } from "../src/app/search.ts";
import { actionText, linkOfMade, linkOfTarget, originText } from "../src/features/audit/audit-words.ts";
import { piecesOf } from "../src/features/log/ansi.ts";
import { resumeVerb } from "../src/features/schedules/forecast-text.ts";
import { pausedText } from "../src/features/schedules/pause-state.ts";
import { agoText, durationText, instantText, timesText, zoneShort } from "../src/ui/time-text.ts";

test.for([
  [0, "0 ms"],
  [999, "999 ms"],
  [3_400, "3.4 s"],
  [59_900, "59 s"],
  [125_000, "2 min 05 s"],
  [11_220_000, "3 h 07 min"],
  [187_200_000, "2 d 4 h"],
] as const)("%d ms are %s", ([ms, text]) => {
  expect(durationText(ms)).toBe(text);
});

test("instants are told from now on, and in any zone", () => {
  const now = Date.UTC(2026, 2, 29, 12);
  expect([agoText(now - 1_000, now), agoText(now - 240_000, now), agoText(now + 7_300_000, now)]).toEqual([
    "just now",
    "4 min ago",
    "in 2 h",
  ]);
  // The clocks of Zurich go forward that night.
  expect(instantText(Date.UTC(2026, 2, 29, 1), "Europe/Zurich")).toBe("2026-03-29 03:00:00");
  expect(instantText(Date.UTC(2026, 2, 29, 1), "UTC", true)).toBe("2026-03-29 01:00:00.000");
});

test("a time is told on each clock that matters, and those of one zone share a line", () => {
  const ms = Date.UTC(2026, 0, 31, 5);
  expect(timesText(ms, { local: "Europe/Zurich", flow: "America/New_York" }).split("\n")).toEqual([
    "2026-01-31 06:00:00 Europe/Zurich (yours)",
    "2026-01-31 00:00:00 America/New_York (the flow's)",
    "2026-01-31 05:00:00 UTC",
  ]);
  expect(timesText(ms, { local: "Europe/Zurich", flow: "Europe/Zurich" }).split("\n")).toEqual([
    "2026-01-31 06:00:00 Europe/Zurich (yours and the flow's)",
    "2026-01-31 05:00:00 UTC",
  ]);
  expect(timesText(ms, { local: "UTC", flow: undefined })).toBe("2026-01-31 05:00:00 UTC (yours)");
  expect([zoneShort(ms, "Europe/Zurich"), zoneShort(ms, "America/New_York")]).toEqual(["CET", "GMT-5"]);
});

test("the closest name goes first, and what has other letters is left out", () => {
  const all = ["reorder", "daily-orders", "orders", "heartbeat"].map((title) => ({ title }));
  expect(rank("order", all).map(({ title }) => title)).toEqual(["orders", "daily-orders", "reorder"]);
  expect(rank("dlyo", all).map(({ title }) => title)).toEqual(["daily-orders"]);
  expect(rank(" ", all)).toBe(all);
});

test("what an address says wrongly is as if it were not there", () => {
  const search = { a: 7, b: "x", c: ["y", 1, ""], d: -1, e: "3" };
  expect([textIn(search, "a"), textIn(search, "b"), textIn(search, "z")]).toEqual(["7", "x", undefined]);
  expect([textsIn(search, "c"), textsIn(search, "z")]).toEqual([["y"], undefined]);
  expect([wholeIn(search, "d"), wholeIn(search, "e"), wholeIn(search, "z")]).toEqual([undefined, 3, undefined]);
  expect([oneOf(search, "b", ["x"]), oneOf(search, "b", ["w"])]).toEqual(["x", undefined]);
});

test("colours of a terminal become colours of the page, and its other orders vanish", () => {
  const esc = String.fromCharCode(27);
  expect(piecesOf("plain")).toEqual([{ text: "plain", look: "" }]);
  expect(piecesOf(`${esc}[2K${esc}[1;31mbad${esc}[0m end`)).toEqual([
    { text: "bad", look: "text-failed font-semibold" },
    { text: " end", look: "" },
  ]);
});

test("a pause is told with who and why, and resuming with the runs that it makes", () => {
  const by = (name: string, reason: string | null) => ({
    text: "every day",
    paused: { at: "2026-11-22T00:00:00Z", by: name, reason },
  });
  const on = { text: "every day", paused: null };
  expect(pausedText([on])).toBeUndefined();
  expect(pausedText([by("ada", "the bank moves")])).toBe("Paused by ada: the bank moves");
  expect(pausedText([by("ada", null), on])).toBe("1 of 2 schedules and triggers is paused");
  const missed = (makes: number) => ({ missed: { count: makes + 3, makes, first: null, last: null } });
  expect([
    resumeVerb([]),
    resumeVerb([missed(0)]),
    resumeVerb([missed(1), missed(0)]),
    resumeVerb([missed(1_000)]),
  ]).toEqual(["Resume", "Resume", "Resume and make 1 run", "Resume and make 1,000 runs"]);
});

test("the audit says what was done in words, and leads to it", () => {
  const changing = Object.entries(ROUTES).flatMap(([name, { method }]) => (method === "GET" ? [] : [name]));
  // What only tells a plan is no change, and in no row.
  const silent = ["planBackfill", "planMark", "planRerun"];
  expect(changing.filter((name) => actionText(name) === name).toSorted()).toEqual(silent);
  expect(originText("web 127.0.0.1")).toBe("web page, 127.0.0.1");
  expect(originText("api 127.0.0.1")).toBe("HTTP API, 127.0.0.1");
  expect(originText("command build-7")).toBe("command line, build-7");
  expect(linkOfTarget("flow sales/orders")).toEqual({ kind: "flow", name: "sales/orders" });
  expect([linkOfTarget("pool shop"), linkOfMade(null), linkOfMade({ reason: "x" })]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(linkOfMade({ run: "01A" })).toEqual({ kind: "run", name: "01A" });
  expect(linkOfMade({ backfill: "01B" })).toEqual({ kind: "backfill", name: "01B" });
});
