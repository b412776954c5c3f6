import { ROUTES, type RouteName, routeOf } from "@millrace/contract";
import { expect, test } from "vitest";
import { OFFERS } from "./offers.ts";

test("each route that changes something is offered by a page, or it is said why none does", () => {
  const changing = (Object.keys(ROUTES) as RouteName[]).filter((name) => routeOf(name).method !== "GET");
  expect(changing.filter((name) => OFFERS[name] === undefined)).toEqual([]);
});
