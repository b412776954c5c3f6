/** The files of a new project, by path. They run and pass their test as they are. */
export function projectFiles(name: string, version: string): Readonly<Record<string, string>> {
  return {
    "package.json": packageJson(name, version),
    "tsconfig.json": TSCONFIG,
    ".gitignore": GITIGNORE,
    "millrace.config.ts": CONFIG,
    "flows/hello.ts": FLOW,
    "test/hello.test.ts": TEST,
  };
}

function packageJson(name: string, version: string): string {
  const manifest = {
    name,
    version: "0.0.0",
    private: true,
    type: "module",
    engines: { node: ">=24" },
    scripts: {
      start: "millrace run hello",
      check: "millrace check && tsc --noEmit",
      test: "node --test",
    },
    dependencies: { millrace: version },
    devDependencies: { "@millrace/testing": version, "@types/node": "^24.0.0", typescript: ">=5.9" },
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

const TSCONFIG = `{
  "compilerOptions": {
    "target": "es2024",
    "lib": ["es2024"],
    "types": ["node"],
    "module": "nodenext",
    "strict": true,
    "noEmit": true,
    "skipLibCheck": true,
    "verbatimModuleSyntax": true,
    "erasableSyntaxOnly": true,
    "allowImportingTsExtensions": true
  },
  "include": ["millrace.config.ts", "flows", "test"]
}
`;

const GITIGNORE = `node_modules/
# Millrace's database, versions, logs and artifacts.
.millrace/
data/
`;

const CONFIG = `import { defineConfig, sqlite } from "millrace";

export default defineConfig({
  connections: {
    local: sqlite({ path: "data/hello.db" }),
  },
});
`;

const FLOW = `import { flow, shell, sql, task, type } from "millrace";

interface Word {
  word: string;
  length: number;
}

interface LengthCount {
  length: number;
  words: number;
}

// A shell task: a program with its arguments. Its standard output is the task's output.
const fetchText = shell("fetch-text", {
  command: ["echo", "a millrace carries the water to the wheel that turns the mill"],
  output: "text",
});

// A task is a plain function of its input. Its output is typed: what it is wired to must fit.
export const split = task("split", { retries: 2 }, ({ text }: { text: string }, { log }): Word[] => {
  const words = text.trim().split(/\\s+/);
  log.info("split the text", { words: words.length });
  return words.map((word) => ({ word, length: word.length }));
});

// An SQL task: the list \`words\` is bound as a relation that the query can read.
const countLengths = sql("count-lengths", {
  connection: "local",
  input: type<{ words: Word[] }>(),
  row: type<LengthCount>(),
  query: "select length, count(*) as words from words group by length order by length",
});

export const report = task("report", ({ lengths }: { lengths: LengthCount[] }, { log }): string => {
  const lines = lengths.map(({ length, words }) => \`\${length} letters: \${"#".repeat(words)}\`);
  for (const line of lines) log.info(line);
  return lines.join("\\n");
});

export default flow("hello", { description: "Counts the words of a text by their length" }, () => {
  const text = fetchText(); // a reference, not a value: nothing runs here
  const words = split({ text });
  const lengths = countLengths({ words });
  return report({ lengths });
});
`;

const TEST = `import assert from "node:assert/strict";
import { test } from "node:test";
import { testFlow } from "@millrace/testing";
import hello from "../flows/hello.ts";

test("words are split, and reported by their length", async () => {
  const run = await testFlow(hello)
    .mock("fetch-text", "one two three")
    .mock("count-lengths", [
      { length: 3, words: 2 },
      { length: 5, words: 1 },
    ])
    .run();
  assert.equal(run.state, "success");
  assert.deepEqual(run.task("split").output, [
    { word: "one", length: 3 },
    { word: "two", length: 3 },
    { word: "three", length: 5 },
  ]);
  assert.equal(run.output, "3 letters: ##\\n5 letters: #");
});
`;
