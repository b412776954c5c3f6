import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderStatement } from "../../src/kinds/sql/render.ts";
import { beginningOf, controlsTransactions, onlyReads, parseScript } from "../../src/kinds/sql/script.ts";
import { type Dialect, sqlTokens } from "../../src/kinds/sql/tokens.ts";

const DIALECTS: readonly Dialect[] = ["sqlite", "duckdb", "postgres"];

function parameters(text: string, dialect: Dialect): string[] {
  return parseScript(text, dialect).statements.flatMap((statement) => statement.parameters.map(({ name }) => name));
}

function statements(text: string, dialect: Dialect): string[] {
  return parseScript(text, dialect).statements.map((statement) => statement.text);
}

describe("parameters", () => {
  it.each([
    ["SELECT :a, :b_2 WHERE x=:c", ["a", "b_2", "c"], DIALECTS],
    ["SELECT ':no', \":no\", ':it''s :no'", [], DIALECTS],
    ["SELECT 1 -- :no\n, :yes /* :no */", ["yes"], DIALECTS],
    ["SELECT 1 /* a /* :no */ :no */ , :yes", ["yes"], ["duckdb", "postgres"]],
    ["SELECT 1 /* a /* :no */ + :yes", ["yes"], ["sqlite"]],
    ["SELECT :a::int, b::text", ["a"], ["duckdb", "postgres"]],
    ["SELECT $$ :no $$, $tag$ :no $$ :no $tag$, :yes", ["yes"], ["duckdb", "postgres"]],
    ["SELECT E'it\\'s :no', :yes", ["yes"], ["duckdb", "postgres"]],
    ["SELECT 'a\\', :yes", ["yes"], DIALECTS],
    ["SELECT a[1:n], {'k':v}, f(x):y, a[:i]", ["i"], ["duckdb"]],
    ["SELECT total:sum(x), x := 1", [], ["duckdb"]],
    ["SELECT [:no], `:no`, :yes", ["yes"], ["sqlite"]],
    ["SELECT col$1$ || :yes", ["yes"], ["postgres"]],
  ] as const)("of %s are %s", (text, names, dialects) => {
    for (const dialect of dialects) expect(parameters(text, dialect)).toEqual(names);
  });

  it.each([
    ["sqlite", "SELECT ?", "?"],
    ["sqlite", "SELECT ?1", "?1"],
    ["sqlite", "SELECT @a", "@a"],
    ["sqlite", "SELECT $a", "$a"],
    ["sqlite", "SELECT :1", ":1"],
    ["duckdb", "SELECT $1", "$1"],
    ["duckdb", "SELECT ?", "?"],
    ["postgres", "SELECT $2", "$2"],
  ] as const)("in %s's own notation are found: %s", (dialect, text, found) => {
    expect(parseScript(text, dialect).foreign).toEqual({ text: found, offset: text.indexOf(found) });
  });

  it("leave the operators of PostgreSQL alone", () => {
    expect(parseScript("SELECT data ? 'key', @ -5, data @> '{}'", "postgres").foreign).toBeNull();
  });

  it("know when they are a whole list, or a table", () => {
    const [statement] = parseScript(
      "SELECT 1 FROM :t WHERE a IN (:xs) AND b NOT IN ( :ys ) AND c IN (:z, 1)",
      "duckdb",
    ).statements;
    expect(statement?.parameters.map(({ name, list, relation }) => [name, list?.negated ?? null, relation])).toEqual([
      ["t", null, true],
      ["xs", false, false],
      ["ys", true, false],
      ["z", null, false],
    ]);
    const list = statement?.parameters[2]?.list;
    expect(statement?.text.slice(list?.start, list?.end)).toBe("NOT IN ( :ys )");
  });
});

describe("statements", () => {
  it.each(DIALECTS)("of %s end at semicolons outside of quotes and parentheses", (dialect) => {
    expect(statements("SELECT ';' ; ; -- ;\n /* ; */ SELECT \";\" ;\n", dialect)).toEqual(["SELECT ';'", 'SELECT ";"']);
    expect(statements("  \n-- nothing;\n", dialect)).toEqual([]);
  });

  it("keep the body of a trigger of SQLite together", () => {
    const trigger =
      "CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN UPDATE b SET x = CASE WHEN 1 THEN 2 END; DELETE FROM c; END";
    expect(statements(`${trigger}; SELECT 1`, "sqlite")).toEqual([trigger, "SELECT 1"]);
  });

  it("keep the body of a function of PostgreSQL together", () => {
    const atomic =
      "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END";
    const quoted = "CREATE FUNCTION g() RETURNS int AS $body$ BEGIN RETURN 1; END; $body$ LANGUAGE plpgsql";
    const rule = "CREATE RULE r AS ON INSERT TO a DO ALSO (DELETE FROM b; DELETE FROM c)";
    expect(statements([atomic, quoted, rule, "SELECT 1"].join(";\n"), "postgres")).toEqual([
      atomic,
      quoted,
      rule,
      "SELECT 1",
    ]);
  });

  it("know their first words and their places", () => {
    const source = "-- first\nINSERT INTO a VALUES (1);\n\n  select 2";
    const { statements: found } = parseScript(source, "sqlite");
    expect(found.map(({ words }) => words)).toEqual([["INSERT", "INTO", "A", "VALUES"], ["SELECT"]]);
    expect(found.map(({ offset, text }) => source.slice(offset, offset + text.length))).toEqual(
      found.map(({ text }) => text),
    );
  });

  it("know whether they open transactions, and whether they only read", () => {
    const controls = (text: string): boolean => controlsTransactions(parseScript(text, "postgres"));
    expect(controls("BEGIN; SELECT 1; COMMIT")).toBe(true);
    expect(controls("START TRANSACTION; SELECT 1; END")).toBe(true);
    expect(controls("SELECT 'BEGIN'")).toBe(false);
    const reads = (text: string): boolean => parseScript(text, "duckdb").statements.every(onlyReads);
    expect(["SELECT 1", "FROM a", "WITH x AS (SELECT 1) SELECT * FROM x", "VALUES (1)"].map(reads)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(["SELECT 1 INTO b", "WITH x AS (SELECT 1) INSERT INTO b FROM x", "DROP TABLE a"].map(reads)).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe("tokens", () => {
  it("cover every text without a gap, in every dialect", () => {
    const pieces = fc.constantFrom(
      "'",
      '"',
      "$$",
      "$a$",
      "--",
      "/*",
      "*/",
      ":a",
      "::",
      "\n",
      ";",
      "x",
      "1",
      "(",
      "`",
      "[",
      "]",
      "E'",
      "\\",
      "é",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), fc.constantFrom(...DIALECTS), (parts, dialect) => {
        const text = parts.join("");
        const tokens = [...sqlTokens(text, dialect)];
        expect(tokens.map(({ start, end }) => text.slice(start, end)).join("")).toBe(text);
        expect(tokens.every(({ start, end }) => end > start)).toBe(true);
      }),
    );
  });
});

describe("rendering", () => {
  it("finds the author's place for every place in what was sent", () => {
    const source = "SELECT 0;  SELECT :a, x, :bcd + y";
    const statement = parseScript(source, "postgres").statements[1];
    if (statement === undefined) throw new Error("there are two statements");
    const sent = renderStatement(statement, "$", ({ name }, bind) => ({ text: bind(name), wholeList: false }));
    expect(sent.text).toBe("SELECT $1, x, $2 + y");
    expect(sent.values).toEqual(["a", "bcd"]);
    for (const word of ["SELECT", "x", "y"]) {
      expect(source.slice(sent.sourceOffset(sent.text.indexOf(word))).startsWith(word)).toBe(true);
    }
    expect(source.slice(sent.sourceOffset(sent.text.indexOf("$2")))).toBe(":bcd + y");
  });
});

it("tells statements by what they begin with, in one line and without the comments before them", () => {
  const script = "-- all of it\nCREATE OR REPLACE TABLE flights AS\n  SELECT a FROM b;\n/* then */ DROP TABLE b";
  expect(parseScript(script, "duckdb").statements.map(beginningOf)).toEqual([
    "CREATE OR REPLACE TABLE flights AS SELECT a FROM b",
    "DROP TABLE b",
  ]);
  expect(beginningOf({ text: `SELECT ${"x, ".repeat(40)}y` })).toBe(`SELECT ${"x, ".repeat(17)}x,…`);
});
