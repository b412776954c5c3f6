import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { openProject, withVault } from "@millrace/server";
import type { Command } from "../../durability/command.ts";
import { CanarySearch, canaryOf, ENCODINGS } from "../real/canaries.ts";
import { RowProject } from "../real/row-project.ts";
import { addressOf } from "../real/server-address.ts";
import type { ScoreboardRow } from "../row.ts";

const SIZE = { sized: 100, full: 1_000 };
/** Secrets that one task asks for. */
const PER_TASK = 20;
const LOOK_MS = 100;
const SETTLED = new Set(["success", "failed", "cancelled"]);

const ENCODERS = Object.entries(ENCODINGS)
  .map(([name, write]) => `  ${name}: ${String(write)},`)
  .join("\n");

/** Says each secret in each encoding in each way, in pieces of all lengths, and returns or throws it at the end. */
const FLOW = `import { writeSync } from "node:fs";
import { flow, secret, shell, task } from "millrace";
const encodings = {
${ENCODERS}
};
function inPieces(text, length, write) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += length) write(bytes.subarray(at, at + length));
}
const says = task("says", async ({ names, ending }, { log, report, secret }) => {
  const written = [];
  for (const name of names) {
    const value = await secret(name);
    for (const [at, write] of Object.values(encodings).entries()) {
      const text = write(value);
      written.push(text);
      log.info("says " + text, { text, deep: [text] });
      console.log("prints", text);
      console.error({ text });
      inPieces("in pieces " + text + "\\n", 1 + ((at + written.length) % 13), (bytes) => process.stdout.write(bytes));
      inPieces("raw " + text + "\\n", 1 + ((at + written.length) % 7), (bytes) => writeSync(2, bytes));
    }
    report.materialization({ asset: "canaries", metadata: { value } });
  }
  if (ending === "throws") throw new Error("it was " + written.join(" "), { cause: new TypeError(written.at(-1)) });
  if (ending === "large") return [...Array.from({ length: 20_000 }, (_, n) => "row " + n), ...written];
  return ending === "text" ? written[names.length % written.length] : { written };
});
const prints = shell("prints", {
  command: 'printf "%s\\\\n" "$TOKEN"; printf "%s" "$TOKEN" | base64 -w0; echo; printf "%s" "$TOKEN" >&2; sleep 1; printf "%s" "$TOKEN"',
  env: { TOKEN: secret("canary-0") },
  output: "text",
});
export const printer = flow("printer", () => { prints(); });
`;
const CONFIG = 'import { defineConfig } from "millrace";\nexport default defineConfig({});\n';
const ENDINGS = ["text", "fields", "large", "throws"];

export const row: ScoreboardRow = {
  id: "S4",
  title:
    "Secret canaries, each in 8 encodings, said by tasks in lines, pieces, fields, reports, errors and outputs: searched for in files, database, API answers and the process list",
  goal: "0 in clear",
  stores: ["sqlite"],
  async run(at) {
    const canaries = Array.from({ length: SIZE[at.full ? "full" : "sized"] }, (_, index) => canaryOf(at.seed, index));
    const project = await RowProject.make(at, {
      "flows/sayer.ts": flowsFor(canaries.length),
      "millrace.config.ts": CONFIG,
    });
    let server: Command | undefined;
    try {
      await setSecrets(project, canaries);
      server = project.start(["server", "--json", "--port", "0"]);
      const address = await addressOf(server);
      const flows = ["printer", ...groupsOf(canaries.length).map((_, group) => `sayer-${group}`)];
      const runs = await Promise.all(flows.map((flow) => startRun(address, flow)));
      const search = new CanarySearch(canaries);
      const processes = { looked: 0, found: new Set<string>() };
      const states = await settled(address, runs, () => lookAtProcesses(project, search, processes));
      const { answers, masked, found: inAnswers, failures } = await searchAnswers(address, runs, search);
      const below = search.findBelow(project.path(".millrace"));
      const found = [...processes.found, ...inAnswers, ...below.found];
      for (const each of found.slice(0, 40)) at.log(each);
      const refused = failures.filter((code) => code === "SECRET_IN_OUTPUT").length;
      // One of four ends with an error of its own; the shell command's output is refused as well.
      const expected = flows.filter((_, index) => index === 0 || endingOf(index - 1) !== "throws").length;
      at.log(`${states.join(" ")}; ${failures.join(" ")}`);
      return {
        figure: `${found.length} found of ${search.size.toLocaleString("en")} looked for in ${below.files} files, ${answers} answers and ${processes.looked} looks at processes; ${masked.toLocaleString("en")} masked; ${refused} of ${expected} outputs with secrets refused`,
        reached: found.length === 0 && masked >= search.size && refused === expected && processes.looked > 0,
        details: {
          found: found.length,
          files: below.files,
          answers,
          looked: processes.looked,
          masked,
          refused,
          expected,
        },
      };
    } finally {
      server?.child.kill("SIGTERM");
      await server?.ended;
      await project.close();
    }
  },
};

function groupsOf(count: number): string[][] {
  const names = Array.from({ length: count }, (_, index) => `canary-${index}`);
  return names.flatMap((_, index) => (index % PER_TASK === 0 ? [names.slice(index, index + PER_TASK)] : []));
}

function endingOf(group: number): string {
  return ENDINGS[group % ENDINGS.length] ?? "text";
}

function flowsFor(count: number): string {
  const hook = '{ onFailure: ({ error }) => { console.log("hook", error); } }';
  const flows = groupsOf(count).map((names, group) => {
    const input = JSON.stringify({ names, ending: endingOf(group) });
    return `export const sayer${group} = flow("sayer-${group}", ${hook}, () => { says(${input}); });\n`;
  });
  return FLOW + flows.join("");
}

async function setSecrets(project: RowProject, canaries: readonly string[]): Promise<void> {
  await withVault(openProject(project.dir), async ({ vault }) => {
    for (const [index, text] of canaries.entries()) {
      await vault.set("secret", `canary-${index}`, { value: { text }, description: undefined, actor: "the row" });
    }
  });
}

async function startRun(address: string, flow: string): Promise<string> {
  const headers = { "content-type": "application/json", origin: address };
  const response = await fetch(`${address}/api/v1/flows/${flow}/runs`, { method: "POST", headers, body: "{}" });
  const text = await response.text();
  const found = /"(?:run|id)":"([0-9A-Z]{26})"/.exec(text)?.[1];
  if (found === undefined) throw new Error(`${flow}: ${response.status} ${text}`);
  return found;
}

/** Looks at something again and again until all runs have ended. */
async function settled(address: string, runs: readonly string[], look: () => void): Promise<string[]> {
  for (;;) {
    look();
    const texts = await Promise.all(runs.map((run) => textAt(address, `runs/${run}`)));
    const states = texts.map((text) => /"state":"(\w+)"/.exec(text)?.[1] ?? "");
    if (states.every((state) => SETTLED.has(state))) return states;
    await pause(LOOK_MS);
  }
}

async function textAt(address: string, place: string): Promise<string> {
  return await (await fetch(`${address}/api/v1/${place}`)).text();
}

/** Arguments and environments. A command gets in its environment what its task names there, and nothing else does. */
function lookAtProcesses(
  project: RowProject,
  search: CanarySearch,
  into: { looked: number; found: Set<string> },
): void {
  for (const { pid, role } of project.processes()) {
    into.looked += 1;
    for (const file of role === "other" ? ["cmdline"] : ["cmdline", "environ"]) {
      for (const found of search.find(`${role} ${file}`, contentOf(`/proc/${pid}/${file}`))) into.found.add(found);
    }
  }
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // The process has ended meanwhile.
    return "";
  }
}

interface Answers {
  readonly answers: number;
  readonly found: string[];
  /** How often something was taken out: what was never said is not found either. */
  readonly masked: number;
  /** Codes of the attempts that failed. */
  readonly failures: string[];
}

async function searchAnswers(address: string, runs: readonly string[], search: CanarySearch): Promise<Answers> {
  const places = ["runs", "audit", "secrets", "variables", "connections", "metrics", "flows"];
  const failures: string[] = [];
  for (const run of runs) {
    const attempts = await textAt(address, `runs/${run}/attempts`);
    failures.push(...(attempts.includes('"SECRET_IN_OUTPUT"') ? ["SECRET_IN_OUTPUT"] : ["other"]));
    const parts = ["", "/task-runs", "/attempts", "/reports", "/events", "/why", "/output", "/output?node=0"];
    const ids = new Set([...attempts.matchAll(/"(?:attempt|id)":"?(\d+)/g)].map(([, id]) => id));
    places.push(
      ...[...parts, ...[...ids].map((id) => `/attempts/${id}/log/download`)].map((part) => `runs/${run}${part}`),
    );
  }
  const found: string[] = [];
  let masked = 0;
  for (const place of places) {
    const text = await textAt(address, place);
    found.push(...search.find(place, text));
    masked += text.split("***").length - 1;
  }
  return { answers: places.length, masked, found, failures };
}
