import { appendFile } from "node:fs/promises";
import path from "node:path";
import { bearer, env, flow, flowRun, type HookFunction, http, type Outcome, shell, task, type, wait } from "millrace";
import { z } from "zod";
import diskReport from "./disk-report.ts";

const Backup = z.object({ name: z.string(), bytes: z.int() });
type Backup = z.infer<typeof Backup>;
type AtServer = { server: string };

/** Asks until the server is up. Between two looks the task holds no worker. */
const serverIsUp = wait.forCondition("server-is-up", {
  input: type<AtServer>(),
  check: async ({ server }, { signal }) => (await fetch(`${server}/health`, { signal })).ok,
  every: "200ms",
  timeout: "30s",
});

// The server answers 503 with Retry-After when it has too much to do: the next try is when it said.
const listBackups = http("list-backups", {
  url: ({ server }) => `${server}/backups`,
  input: type<AtServer>(),
  output: z.array(Backup),
  retries: 3,
});

export const pickOld = task("pick-old", ({ backups, keep }: { backups: Backup[]; keep: number }) =>
  backups.toSorted((one, other) => one.name.localeCompare(other.name)).slice(0, -keep),
);

/** Hooks run in a worker, after the outcome that they watch, and cannot change it. */
const note: HookFunction = async ({ on, task: watched, error }, { projectDir, run }) => {
  const line = `${on} ${watched?.label ?? run.flow}${error === null ? "" : `: ${error.code}`}\n`;
  await appendFile(path.join(projectDir, "out/notes.txt"), line);
};

// A 500 is tried again. A 409 will not get better, and fails at once.
const deleteBackup = http("delete-backup", {
  method: "DELETE",
  url: ({ server, name }) => `${server}/backups/${name}`,
  input: type<AtServer & { name: string }>(),
  response: "none",
  retries: { limit: 2, delay: "100ms" },
  pool: "backup-server",
  onRetry: note,
  onFailure: note,
});

/** One line of shell, because it is one: the inputs are variables in it, never pasted. */
const packLogs = shell("pack-logs", {
  command: 'mkdir -p out/packed && tar -czf out/packed/logs.tgz -C "$INPUT_FOLDER" . && tar -tzf out/packed/logs.tgz',
  input: type<{ folder: string }>(),
  output: "lines",
});

const summarise = task(
  "summarise",
  ({ deleted, packed, freeShare }: { deleted: Outcome<undefined>[]; packed?: string[]; freeShare?: number }) => ({
    deleted: deleted.filter(({ state }) => state === "success").length,
    kept: deleted.flatMap((outcome) => (outcome.state === "failed" ? [outcome.error.message] : [])),
    packed: packed?.filter((name) => name.endsWith(".log")).length ?? 0,
    freeShare: freeShare ?? null,
  }),
);

const tell = http("tell", {
  url: ({ server }) => `${server}/notices`,
  json: ({ notice }) => notice,
  auth: bearer(env("HOUSE_TOKEN")),
  input: type<AtServer & { notice: unknown }>(),
  expect: 201,
  response: "none",
});

export default flow(
  "house-keeping",
  {
    description: "Deletes old backups, packs logs, and tells about it",
    params: z.object({ server: z.url(), keep: z.int().min(1).default(2), logs: z.string().default("out/logs") }),
    timeout: "5m",
    onSuccess: note,
    onFailure: note,
  },
  ({ params }) => {
    const { server } = params;
    const backups = listBackups.after(serverIsUp({ server }))({ server });
    const old = pickOld({ backups, keep: params.keep });
    const deleted = deleteBackup.each(old, ({ name }) => ({ server, name }));
    const packed = packLogs({ folder: params.logs });
    const disk = flowRun(diskReport)({});
    // Whatever became of each deletion, the summary is made.
    const notice = summarise.with({ triggerRule: "all_done" })({
      deleted: deleted.outcomes,
      packed,
      freeShare: disk.output.freeShare,
    });
    tell({ server, notice });
    return notice;
  },
);
