import { MillraceError } from "@millrace/core";
import { describe, expect, test } from "vitest";
import { COMMANDS } from "../../src/command-line/command-table.ts";
import { parseCommandLine } from "../../src/command-line/parse-command-line.ts";

/** Words as a shell has them: quotes keep several together. */
function parse(line: string, env: Readonly<Record<string, string>> = {}) {
  const words = line.match(/(?:'[^']*'|"[^"]*"|[^ '"])+/g) ?? [];
  return parseCommandLine(
    words.map((word) => word.replaceAll(/['"]/g, "")),
    COMMANDS,
    env,
  );
}

function refusalOf(line: string): MillraceError {
  try {
    parse(line);
  } catch (error) {
    if (error instanceof MillraceError) return error;
    throw error;
  }
  throw new Error(`"${line}" was not refused`);
}

describe("a command line", () => {
  test("names a command, its arguments and its options, in any order", () => {
    const line = parse("run -p a=1 daily --param b=2 --only x,y");
    expect(line.command?.name).toBe("run");
    expect(line.arguments).toEqual(["daily"]);
    expect(line.options.list("param")).toEqual(["a=1", "b=2"]);
    expect(line.options.text("only")).toBe("x,y");
    expect(line.options.flag("json")).toBe(false);
  });

  test("wins over the environment, which says what it leaves out", () => {
    const env = { MILLRACE_PORT: "8000", MILLRACE_HOST: " ", MILLRACE_TRUST_PROXY: "1", MILLRACE_WORKERS: "3" };
    const { options } = parse("server --port 9000", env);
    expect(["port", "host", "workers"].map((name) => options.text(name))).toEqual(["9000", undefined, "3"]);
    expect(options.flag("trust-proxy")).toBe(true);
    expect(["port", "workers"].map((name) => options.isWritten(name))).toEqual([true, false]);
    const trusts = (text: string) => parse("server", { MILLRACE_TRUST_PROXY: text }).options.flag("trust-proxy");
    expect(trusts("off")).toBe(false);
    expect(() => trusts("perhaps")).toThrow('MILLRACE_TRUST_PROXY cannot be "perhaps".');
  });

  test("takes global options in front of the command too", () => {
    const line = parse("--project some/dir --json list");
    expect(line.command?.name).toBe("list");
    expect(line.options.text("project")).toBe("some/dir");
    expect(line.options.flag("json")).toBe(true);
  });

  test("keeps what stands behind -- out of the options", () => {
    expect(parse("show -- --odd").arguments).toEqual(["--odd"]);
  });

  test("takes a dash as a value, and a value that looks like an option after =", () => {
    expect(parse("run f --params -").options.text("params")).toBe("-");
    expect(parse("run f --param=-x=1").options.list("param")).toEqual(["-x=1"]);
  });

  test("without a command is for the general help", () => {
    expect(parse("").command).toBeUndefined();
    expect(parse("--help").options.flag("help")).toBe(true);
  });

  test("may be incomplete when it asks for help", () => {
    expect(parse("run --help").command?.name).toBe("run");
  });

  test("asked for an undeclared option is a bug of ours", () => {
    expect(() => parse("list").options.flag("param")).toThrow("not declared");
    expect(parse("list").options.has("param")).toBe(false);
  });

  test.each([
    ["rnu", 'There is no command "rnu".', 'Did you mean "run"?'],
    ["run f --parm a=1", "run: there is no option --parm.", 'Did you mean "--param"?'],
    ["--jsn list", "list: there is no option --jsn.", 'Did you mean "--json"?'],
    ["run", "run: <flow> is missing.", "The flow's name."],
    ["run a b", 'run: "b" is one argument too many.', "millrace run <flow>"],
    ["run f --params", "--params needs a value.", "--params <file>"],
    ["run f --only --json", "--only needs a value.", "--only <tasks>"],
    ["run f --window a --window b", "--window is given twice.", "once"],
    ["list --json=yes", "--json takes no value.", "alone"],
    ["runs --state done", '--state cannot be "done".', "queued, running"],
    ["completion tcsh", 'completion: <shell> cannot be "tcsh".', "bash, zsh, fish"],
  ])("refuses %s", (line, message, hint) => {
    const refusal = refusalOf(line);
    expect(refusal.code).toBe("USAGE");
    expect(refusal.message).toBe(message);
    expect(refusal.hint).toContain(hint);
  });
});

describe("the table of commands", () => {
  test.each(COMMANDS.map((command) => [command.name, command] as const))("says enough about %s", (_name, command) => {
    expect(command.summary).not.toMatch(/\.$/);
    expect(command.examples.length).toBeGreaterThan(0);
    for (const { description } of [...command.options, ...command.arguments]) expect(description).toMatch(/\.$/);
    for (const { line } of command.examples) {
      for (const part of line.split(/&&|\|/).filter((text) => /^\s*millrace /.test(text))) {
        expect(() => parse(part.trim().replace(/^millrace /, ""))).not.toThrow();
      }
    }
  });

  test.each(COMMANDS.map((command) => [command.name, command] as const))("can load %s", async (_name, command) => {
    expect(await command.load()).toBeTypeOf("function");
  });

  test("has no option twice in one command", () => {
    for (const { options } of COMMANDS) {
      const names = options.flatMap(({ name, short }) => (short === undefined ? [name] : [name, short]));
      expect(new Set(names).size).toBe(names.length);
    }
  });
});
