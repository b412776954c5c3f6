import fc from "fast-check";
import { expect, test } from "vitest";
import {
  checkAccountName,
  checkFlowPattern,
  checkGrants,
  checkRole,
  covers,
  formatGrant,
  matchesFlow,
  may,
  maySomewhere,
  PERMISSIONS,
  type Permission,
  type Principal,
  parseGrant,
  permissionsOf,
  ROLES,
  rolesWith,
} from "../../src/index.ts";

/** Written out, so that a change of who may what is read by whoever reviews it. What a role has beside those before it. */
const TABLE = {
  viewer: [
    "account.own",
    "project.read",
    "flow.read",
    "run.read",
    "log.read",
    "trigger.read",
    "backfill.read",
    "pool.read",
    "alert.read",
    "variable.read",
    "connection.read",
    "version.read",
    "metrics.read",
  ],
  operator: [
    "run.start",
    "run.cancel",
    "run.mark",
    "trigger.pause",
    "trigger.fire",
    "backfill.write",
    "approval.decide",
    "partition.write",
  ],
  editor: ["pool.write", "variable.write", "secret.read", "secret.write", "alert.write"],
  admin: ["history.prune", "audit.read", "user.read", "user.write"],
} satisfies Record<string, readonly Permission[]>;

test("each role has what the table says, and all that those before it have", () => {
  let sum: Permission[] = [];
  for (const role of ROLES) {
    sum = [...sum, ...TABLE[role]];
    expect(permissionsOf(role).toSorted(), role).toEqual(sum.toSorted());
  }
  expect(sum.toSorted()).toEqual(PERMISSIONS.toSorted());
});

test("a permission knows who has it", () => {
  expect(rolesWith("run.start")).toEqual(["operator", "editor", "admin"]);
  expect(rolesWith("user.write")).toEqual(["admin"]);
});

test.each([
  ["*", "orders", true],
  ["*", "", true],
  ["orders", "orders", true],
  ["orders", "orders-daily", false],
  ["orders-*", "orders-daily", true],
  ["orders-*", "orders", false],
  ["*-daily", "orders-daily", true],
  ["*-daily", "orders-daily-2", false],
  ["billing/*", "billing/eu/invoices", true],
  ["a*b*c", "a-b-b-c", true],
  ["a*b*c", "a-c", false],
  ["a*b*c", "abxc-", false],
  ["ab*ba", "aba", false],
  ["ab*ba", "abba", true],
  ["a.b", "axb", false],
])("%s fits %s: %s", (pattern, flow, fits) => {
  expect(matchesFlow(checkFlowPattern(pattern), flow)).toBe(fits);
});

test("a pattern fits what a regular expression would", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 8, minLength: 1 });
  const name = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 10 });
  fc.assert(
    fc.property(text, name, (pattern, flow) => {
      expect(matchesFlow(pattern, flow)).toBe(new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(flow));
    }),
  );
});

test("what is no pattern and no role is refused with what would be", () => {
  expect(() => checkFlowPattern("Orders")).toThrow(/not a pattern/);
  expect(() => checkFlowPattern("")).toThrow(/not a pattern/);
  expect(() => checkRole("root")).toThrow(/no role "root"/);
  expect(checkRole("editor")).toBe("editor");
});

const ana: Principal = {
  kind: "user",
  name: "ana",
  grants: [
    { role: "operator", flows: "orders-*" },
    { role: "viewer", flows: "billing" },
  ],
};

test("a grant counts for the flows it names and no others", () => {
  expect(may(ana, "run.start", "orders-daily")).toBe(true);
  expect(may(ana, "run.start", "billing")).toBe(false);
  expect(may(ana, "run.read", "billing")).toBe(true);
  expect(may(ana, "run.read", "salaries")).toBe(false);
  expect(maySomewhere(ana, "run.start")).toBe(true);
  expect(maySomewhere(ana, "pool.write")).toBe(false);
});

test("what belongs to no flow takes a grant for everything", () => {
  expect(may(ana, "project.read")).toBe(false);
  expect(may({ ...ana, grants: [{ role: "viewer", flows: "*" }] }, "project.read")).toBe(true);
  // As broad, and not everything: it says so of flows alone.
  expect(may({ ...ana, grants: [{ role: "viewer", flows: "**" }] }, "project.read")).toBe(false);
});

test("whoever has no grant may nothing", () => {
  for (const permission of PERMISSIONS) {
    expect(may({ kind: "worker", name: "w1", grants: [] }, permission, "orders")).toBe(false);
    expect(maySomewhere({ kind: "attempt", name: "a1", grants: [] }, permission)).toBe(false);
  }
});

test.each([
  ["operator:orders-*", "viewer:orders-daily", true],
  ["operator:orders-*", "operator:orders-*", true],
  ["operator:orders-*", "editor:orders-daily", false],
  ["operator:orders-*", "operator:orders-daily-*", true],
  ["operator:orders-daily", "operator:orders-*", false],
  ["admin", "admin", true],
  ["admin", "viewer:x", true],
  ["admin:**", "viewer", false],
])("whoever has %s may hand on %s: %s", (own, other, isCovered) => {
  expect(covers([parseGrant(own)], parseGrant(other))).toBe(isCovered);
});

test("what is handed on allows nothing that was not allowed", () => {
  const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 6, minLength: 1 });
  const name = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 10 });
  fc.assert(
    fc.property(pattern, pattern, name, (own, other, flow) => {
      fc.pre(covers([{ role: "viewer", flows: own }], { role: "viewer", flows: other }));
      if (matchesFlow(other, flow)) expect(matchesFlow(own, flow)).toBe(true);
    }),
  );
});

test("a grant is read as it is written", () => {
  for (const text of ["viewer", "operator:orders-*"]) expect(formatGrant(parseGrant(text))).toBe(text);
  expect(parseGrant("admin")).toEqual({ role: "admin", flows: "*" });
  expect(() => parseGrant("orders-*")).toThrow(/no role/);
  expect(checkGrants([parseGrant("viewer:a")])).toEqual([{ role: "viewer", flows: "a" }]);
  expect(() => checkGrants(Array.from({ length: 101 }, () => parseGrant("viewer")))).toThrow(/too many/);
});

test("names of people and tokens", () => {
  for (const name of ["ana", "ana.b@example.org", "a", "ci-2"]) expect(checkAccountName(name, "user")).toBe(name);
  for (const name of ["", "Ana", "token:ci", "a/b", "-a", "a-", "a".repeat(129)]) {
    expect(() => checkAccountName(name, "token")).toThrow(/not a name for a token/);
  }
});
