import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { behindFront } from "../http.ts";
import { installPlainPython, pythonVersion } from "../install.ts";
import type { Language, Peer, Running } from "../peer.ts";
import { freePorts, type Stage } from "../stage.ts";

const WORKSPACE = path.resolve(import.meta.dirname, "../../..");
const HOST = path.resolve(import.meta.dirname, "../millrace-host.ts");

const CONFIG = 'import { defineConfig } from "millrace";\nexport default defineConfig({});\n';

type Database = "SQLite" | "PostgreSQL";

const WHERE: Readonly<Record<Language, string>> = {
  Python: "a process started for each task",
  TypeScript: "warm worker processes, one task at a time each",
};

function millrace(language: Language, database: Database): Peer {
  return {
    id: `millrace-${language}-${database}`.toLowerCase(),
    title: `Millrace on ${database}`,
    language,
    ours: true,
    tasksRunIn: WHERE[language],
    durable: `yes, ${database}`,
    settings: [
      "an application that opens the project, takes requests and leads; all else as it comes",
      language === "Python"
        ? "tasks of the kind `python` with a `venv`, the same code as the others'"
        : "tasks are functions",
    ],
    // Millrace is the workspace itself.
    install: (folders) => installPlainPython(folders, "python"),
    versions: async (folders) => [
      `millrace ${ownVersion()}`,
      ...(language === "Python" ? [await pythonVersion(folders.installed("python"))] : []),
    ],
    start: (stage) => start(stage, { language, database }),
  };
}

export const millraceRows: readonly Peer[] = (["Python", "TypeScript"] as const).flatMap((language) =>
  (["SQLite", "PostgreSQL"] as const).map((database) => millrace(language, database)),
);

async function start(
  stage: Stage,
  { language, database }: { language: Language; database: Database },
): Promise<Running> {
  for (const name of ["millrace", "javascript", "python"]) stage.copyPrograms(name, stage.folder(name));
  const project = path.join(stage.dir, "millrace");
  writeFileSync(path.join(project, "millrace.config.ts"), CONFIG);
  const modules = path.join(project, "node_modules");
  mkdirSync(modules);
  symlinkSync(path.join(WORKSPACE, "packages/cli"), path.join(modules, "millrace"));
  symlinkSync(path.join(WORKSPACE, "node_modules/zod"), path.join(modules, "zod"));
  symlinkSync(path.join(stage.installed("python"), "venv"), path.join(project, ".venv"));
  const [port = 0] = await freePorts(1);
  const env = {
    BENCH_PORT: String(port),
    BENCH_LANGUAGE: language.toLowerCase(),
    PYTHONPATH: path.join(stage.dir, "python"),
    MILLRACE_DATABASE_URL: database === "SQLite" ? undefined : (await stage.database()).href,
  };
  stage.start("host", [process.execPath, "--conditions=@millrace/source", HOST], { cwd: project, env });
  await stage.untilAnswers("Millrace", `http://127.0.0.1:${port}/`);
  return behindFront(port);
}

function ownVersion(): string {
  return (JSON.parse(readFileSync(path.join(WORKSPACE, "package.json"), "utf8")) as { version: string }).version;
}
