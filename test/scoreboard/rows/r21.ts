import type { RunId } from "@millrace/core";
import { buildVersion } from "@millrace/server";
import { seeded } from "../../durability/seeded.ts";
import { seconds } from "../real/measure.ts";
import { RowProject, type Work } from "../real/row-project.ts";
import type { ScoreboardRow } from "../row.ts";

const EDIT_MS = 200;
const AT_ONCE = 4;
const LINKS = 8;
/** Each task gives the numbers that stood in the three modules which its process has loaded. */
const FLOW = `import { flow, type Ref, task } from "millrace";
import { near } from "../src/near.ts";
import { far } from "../src/far.ts";
const own = 0;
const link = task("link", async () => {
  await new Promise((resolve) => setTimeout(resolve, 50));
  return \`\${own} \${near} \${far}\`;
});
export default flow("edited", () => {
  let last: Ref<string> = link.named("link-0")();
  for (let at = 1; at < ${LINKS}; at += 1) last = link.named(\`link-\${at}\`).after(last)();
});
`;
const CONFIG = 'import { defineConfig } from "millrace";\nexport default defineConfig({ workers: 6 });\n';

export const row: ScoreboardRow = {
  id: "R21",
  title: "definitions changed every 200 ms during 1,000 runs",
  goal: "0 runs with mixed versions",
  stores: ["sqlite", "postgres"],
  async run(at) {
    const project = await RowProject.make(at, { "millrace.config.ts": CONFIG });
    const editor = new Editor(project, at.seed);
    try {
      const begunAt = performance.now();
      const trial = new Trial(project, at.full ? 1_000 : 40);
      editor.start();
      await trial.run();
      editor.stop();
      const { mixed, versions, runs } = await trial.judge();
      const ms = performance.now() - begunAt;
      return {
        figure: `${mixed} of ${runs} runs with mixed versions; ${editor.edits} edits, ${versions} versions, one change of the leader, in ${seconds(ms)}`,
        // With few versions nothing could have been mixed.
        reached: mixed === 0 && versions >= runs / 8,
        details: { mixed, runs, versions, edits: editor.edits, ms },
      };
    } finally {
      editor.stop();
      await project.close();
    }
  },
};

/** Saves one of the modules every so often, never two at once, as somebody does who goes through a change. */
class Editor {
  edits = 0;
  readonly #project: RowProject;
  readonly #chance: ReturnType<typeof seeded>;
  #timer: NodeJS.Timeout | undefined;

  constructor(project: RowProject, seed: number) {
    this.#project = project;
    this.#chance = seeded(seed);
    for (const file of FILES) this.#save(file);
  }

  start(): void {
    this.#timer = setInterval(() => this.#save(FILES[this.#chance.below(FILES.length)] ?? FILES[0]), EDIT_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #save(file: (typeof FILES)[number]): void {
    this.edits += 1;
    const name = /(\w+)\.ts$/.exec(file)?.[1];
    const own = FLOW.replace("own = 0", `own = ${this.edits}`);
    this.#project.write(file, name === "edited" ? own : `export const ${name} = ${this.edits};\n`);
  }
}

const FILES = ["flows/edited.ts", "src/near.ts", "src/far.ts"] as const;

class Trial {
  readonly #project: RowProject;
  readonly #count: number;
  readonly #runs: RunId[] = [];
  #work: Work | undefined;

  constructor(project: RowProject, count: number) {
    this.#project = project;
    this.#count = count;
  }

  /** Some runs at once, each on what its build found; half way another server goes on with those that are under way. */
  async run(): Promise<void> {
    let work = await this.#project.open();
    const waiting: RunId[] = [];
    while (this.#runs.length < this.#count) {
      const { version } = await buildVersion(work.runtime.project, { store: work.runtime.store });
      if (version === null) throw new Error("a module was saved whole, and could not be built");
      const run = await work.begin("edited", {}, version);
      this.#runs.push(run);
      waiting.push(run);
      if (this.#runs.length === Math.floor(this.#count / 2)) {
        await work.runtime.stop();
        work = await this.#project.open();
      }
      const oldest = waiting.length >= AT_ONCE ? waiting.shift() : undefined;
      if (oldest !== undefined) await work.runtime.whenSettled(oldest);
    }
    for (const run of waiting) await work.runtime.whenSettled(run);
    this.#work = work;
  }

  async judge(): Promise<{ readonly mixed: number; readonly versions: number; readonly runs: number }> {
    const work = this.#work as Work;
    const versions = new Set<string>();
    let mixed = 0;
    for (const run of this.#runs) {
      const row = await work.runtime.store.history.findRun(run);
      const outputs = await work.outputs(run);
      if (row?.state !== "success" || outputs.length !== LINKS) throw new Error(`run ${run} is ${row?.state}`);
      if (new Set(outputs).size !== 1) mixed += 1;
      versions.add(row.version);
    }
    return { mixed, versions: versions.size, runs: this.#runs.length };
  }
}
