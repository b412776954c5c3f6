import { describeAddress, parseDatabaseUrl } from "@millrace/store";
import { describe, expect, test } from "vitest";

describe("a database URL", () => {
  test.each([
    ["sqlite:data/mill.db", { kind: "sqlite", path: "data/mill.db" }],
    ["sqlite:/var/lib/mill.db", { kind: "sqlite", path: "/var/lib/mill.db" }],
    ["sqlite:///var/lib/mill.db", { kind: "sqlite", path: "/var/lib/mill.db" }],
    [" sqlite:with space.db\n", { kind: "sqlite", path: "with space.db" }],
    ["postgres://db/mill", { kind: "postgres", url: "postgres://db/mill", schema: "millrace" }],
    ["PostgreSQL://u:p@db:5433/m", { kind: "postgres", url: "PostgreSQL://u:p@db:5433/m", schema: "millrace" }],
    ["postgres://db/mill?schema=team_a", { kind: "postgres", url: "postgres://db/mill", schema: "team_a" }],
    [
      "postgres:///mill?host=/run/postgresql&schema=b",
      { kind: "postgres", url: "postgres:///mill?host=%2Frun%2Fpostgresql", schema: "b" },
    ],
  ])("%s", (text, address) => {
    expect(parseDatabaseUrl(text)).toEqual(address);
  });

  test.each([
    ["", "no scheme"],
    ["mill.db", "no scheme"],
    ["mysql://user:swordfish@db/mill", 'scheme "mysql"'],
    ["sqlite:", "no file"],
    ["sqlite://data/mill.db", "no host"],
    ["postgres:db/mill", "lacks the //"],
    ["postgres://user:swordfish%@db/mill", "begins no escape"],
    ["postgres://user:swordfish@db/mill?schema=Team-A", '"Team-A" is no name'],
    [`postgres://user:swordfish@db/mill?schema=${"a".repeat(41)}`, "is no name"],
  ])("that is wrong is refused: %s", (text, message) => {
    const refused = () => parseDatabaseUrl(text);
    expect(refused).toThrow(expect.objectContaining({ code: "USAGE", message: expect.stringContaining(message) }));
    expect(refused).not.toThrow(/swordfish/);
  });

  test("is shown without what is secret in it", () => {
    const shown = describeAddress(parseDatabaseUrl("postgres://user:sword%40fish@db:5433/mill?sslpassword=x"));
    expect(shown).toBe("postgres://db:5433/mill, schema millrace");
    expect(describeAddress(parseDatabaseUrl("sqlite:a.db"))).toBe("a.db");
  });
});
