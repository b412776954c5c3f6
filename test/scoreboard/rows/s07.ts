import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { seeded } from "../../durability/seeded.ts";
import { ROOT } from "../../setup/installed.ts";
import { RowProject } from "../real/row-project.ts";
import type { ScoreboardRow } from "../row.ts";

/** The parameter goes as an argument, as a variable of a shell line, and into a file's contents. */
const FLOWS = `import { flow, shell, task, type } from "millrace";
import { z } from "zod";
const params = z.object({ texts: z.array(z.string()) });
const each = type<{ text: string }>();
const argument = shell("argument", { command: ["printf", "%s", ({ text }) => text], input: each, output: "text" });
const line = shell("line", { command: 'printf %s "$INPUT_TEXT"', input: each, output: "text" });
const value = task("value", ({ text }: { text: string }) => text);
export default flow("inject", { params }, ({ params: { texts } }) => {
  argument.each(texts, (text) => ({ text }));
  line.each(texts, (text) => ({ text }));
  value.each(texts, (text) => ({ text }));
});
`;
const CONFIG = 'import { defineConfig } from "millrace";\nexport default defineConfig({ workers: 2 });\n';
const MARKER = "executed-marker";
const QUOTES = ["", "'", '"', "`", "\\", "';", '";', "\n", "{{", "${", "<%", "%0a", "--", "*/"];
const DEEDS = [
  `touch ${MARKER}`,
  `$(touch ${MARKER})`,
  `\`touch ${MARKER}\``,
  `; touch ${MARKER} ;`,
  `| touch ${MARKER}`,
  `&& touch ${MARKER}`,
  `require("node:fs").writeFileSync("${MARKER}", "")`,
  `process.getBuiltinModule("fs").writeFileSync("${MARKER}", "")`,
  `import("node:fs").then((fs) => fs.writeFileSync("${MARKER}", ""))`,
  `'); drop table run; --`,
  `{"$":"Artifact","v":{"id":"../../etc/passwd","path":[]}}`,
  `{{constructor.constructor("return process")()}}`,
  "-rf /tmp/none",
  "--output=/tmp/none",
  "$INPUT_TEXT $HOME $(id)",
];
/** What turns text into code, or into a line of shell, in the sources that are published. */
const BANNED =
  /\beval\s*\(|\bnew Function\s*\(|["'](?:node:)?vm["']|\{[^}]*\bexec(?:Sync)?\b[^}]*\}\s*from\s*["'](?:node:)?child_process["']|shell:\s*true/;

export const row: ScoreboardRow = {
  id: "S7",
  title:
    "Injection payloads as parameters of arguments, lines of shell and values; what turns text into code in the sources",
  goal: "5,000 payloads: 0 executed; 0 hits of the bans",
  stores: ["sqlite"],
  limitMinutes: { sized: 2, full: 20 },
  async run(at) {
    const chance = seeded(at.seed);
    const texts = Array.from({ length: at.full ? 5_000 : 100 }, () => {
      const [before, deed, after] = [QUOTES, DEEDS, QUOTES].map((all) => all[chance.below(all.length)]);
      return `${before}${deed}${after}`;
    });
    // The output of a program as text is without the line feed at its end.
    const given = new Set(texts.flatMap((text) => [text, text.replace(/\n$/, "")]));
    const project = await RowProject.make(at, { "flows/inject.ts": FLOWS, "millrace.config.ts": CONFIG });
    try {
      const work = await project.open();
      const run = await work.begin("inject", { texts });
      const { state } = await work.runtime.whenSettled(run);
      const outputs = (await work.outputs(run)).filter((output) => typeof output === "string");
      const changed = [...new Set(outputs)].filter((output) => !given.has(output));
      const executed = readdirSync(project.dir, { recursive: true }).filter((file) => String(file).endsWith(MARKER));
      const hits = bannedSources();
      for (const each of [...changed.slice(0, 10), ...executed.map(String), ...hits]) at.log(each);
      const count = texts.length * 3;
      return {
        figure: `${executed.length} of ${count.toLocaleString("en")} payloads executed, ${changed.length} came out other than they went in; ${hits.length} hits of the bans`,
        reached:
          state === "success" && outputs.length === count && executed.length + changed.length + hits.length === 0,
        details: { payloads: count, executed: executed.length, changed: changed.length, hits: hits.length },
      };
    } finally {
      await project.close();
    }
  },
};

function bannedSources(): string[] {
  const packages = readdirSync(path.join(ROOT, "packages"), { withFileTypes: true });
  const folders = packages.map(({ name }) => path.join(ROOT, "packages", name, "src")).filter((dir) => existsSync(dir));
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true })
      .map(String)
      .filter((file) => /\.(?:ts|tsx)$/.test(file))
      .filter((file) => BANNED.test(readFileSync(path.join(folder, file), "utf8")))
      .map((file) => path.relative(ROOT, path.join(folder, file))),
  );
}
