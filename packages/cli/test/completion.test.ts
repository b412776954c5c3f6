import { execFileSync, spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { COMMANDS } from "../src/command-line/command-table.ts";
import { bashCompletion } from "../src/completion/bash.ts";
import { fishCompletion } from "../src/completion/fish.ts";
import { zshCompletion } from "../src/completion/zsh.ts";

/** What bash would offer for a line whose last word is being typed. */
function offered(words: readonly string[]): string[] {
  const quoted = words.map((word) => `'${word}'`).join(" ");
  const script = `${bashCompletion(COMMANDS)}
millrace() { if [[ $1 == list ]]; then echo daily; echo weekly; fi; }
COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _millrace; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const text = execFileSync("bash", ["--norc", "-c", script], { encoding: "utf8" });
  return text.split("\n").filter((line) => line !== "");
}

describe("completion for bash", () => {
  test("is valid", () => {
    const { status, stderr } = spawnSync("bash", ["-n"], { input: bashCompletion(COMMANDS), encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test.each([
    [
      ["millrace", "ru"],
      ["run", "runs"],
    ],
    [
      ["millrace", "run", "--par"],
      ["--param", "--params", "--partition"],
    ],
    [["millrace", "run", "da"], ["daily"]],
    [["millrace", "--json", "show", "w"], ["weekly"]],
    [
      ["millrace", "runs", "--flow", ""],
      ["daily", "weekly"],
    ],
    [["millrace", "runs", "--state", "f"], ["failed"]],
    [
      ["millrace", "completion", ""],
      ["bash", "zsh", "fish"],
    ],
    [["millrace", "check", "x"], []],
  ])("offers for %j: %j", (words, wanted) => {
    expect(offered(words)).toEqual(wanted);
  });
});

describe.each([
  ["zsh", zshCompletion(COMMANDS)],
  ["fish", fishCompletion(COMMANDS)],
])("completion for %s", (_shell, script) => {
  test("names every command and long option", () => {
    for (const { name, options } of COMMANDS) {
      expect(script).toContain(name);
      for (const option of options) expect(script).toContain(option.name);
    }
  });

  test("has its quotes in pairs", () => {
    for (const line of script.split("\n").filter((text) => !text.startsWith("#"))) {
      expect(line.replaceAll("\\'", "").replaceAll("'\\''", "").split("'").length % 2, line).toBe(1);
    }
  });
});
