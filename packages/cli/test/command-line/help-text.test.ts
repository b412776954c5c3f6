import { describe, expect, test } from "vitest";
import { COMMANDS } from "../../src/command-line/command-table.ts";
import { commandHelp, rootHelp } from "../../src/command-line/help-text.ts";
import { makeStyle } from "../../src/output/style.ts";

const page = { style: makeStyle(false), columns: 80 };

describe("help", () => {
  test("names every command", () => {
    const text = rootHelp(COMMANDS, page).join("\n");
    for (const { name, summary } of COMMANDS) expect(text).toContain(`  ${name.padEnd(10)}  ${summary}`.slice(0, 60));
  });

  test.each(COMMANDS.map((command) => [command.name, command] as const))("of %s fits the page", (_name, command) => {
    const [, ...lines] = commandHelp(command, page);
    const texts = lines.filter((line) => !line.startsWith("  "));
    for (const line of texts) expect(line.length).toBeLessThanOrEqual(80);
    for (const { name } of command.options) expect(lines.join("\n")).toContain(`--${name}`);
    expect(lines.join("\n")).toContain("Examples");
  });

  test("has colours only where they are wanted", () => {
    const coloured = rootHelp(COMMANDS, { ...page, style: makeStyle(true) }).join("\n");
    expect(coloured).toContain("\u001b[1m");
    expect(rootHelp(COMMANDS, page).join("\n")).not.toContain("\u001b");
  });
});
