import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import path from "node:path";
import { type Command, startMillrace } from "../../durability/command.ts";
import { RowProject } from "../real/row-project.ts";
import { addressOf } from "../real/server-address.ts";
import type { ScoreboardRow } from "../row.ts";

const OTHERS = 0o007;
const HELLO = `import { flow, task } from "millrace";
const hello = task("hello", () => "hello");
export default flow("hello", () => hello());
`;
const CONFIG = 'import { defineConfig } from "millrace";\nexport default defineConfig({});\n';
const SECRET = "fresh-install-canary-51";

export const row: ScoreboardRow = {
  id: "S14",
  title:
    "A fresh project: a secret is set, a flow run, a server started; who may read its files, where it listens, who gets in",
  goal: "127.0.0.1 only, 0 default credentials, 0 world-readable secrets",
  stores: ["sqlite"],
  async run(at) {
    const umask = process.umask(0o022);
    const project = await RowProject.make(at, { "flows/hello.ts": HELLO, "millrace.config.ts": CONFIG });
    let server: Command | undefined;
    try {
      const place = { dir: project.dir, env: project.env };
      await project.start(["variable", "set", "region", "eu"]).ended;
      await setSecret(project);
      await startMillrace(place, ["run", "hello"]).ended;
      server = project.start(["server", "--json", "--port", "0"]);
      const address = await addressOf(server);
      const listening = listeningOf(server.child.pid ?? 0);
      const elsewhere = listening.filter((each) => !each.startsWith("127."));
      const readable = worldReadable(project.path(".millrace"));
      const inClear = filesBelow(project.path(".millrace")).filter((file) => readFileSync(file).includes(SECRET));
      const letIn = await tryDefaults(address);
      for (const each of [...elsewhere, ...readable, ...inClear, ...letIn]) at.log(each);
      return {
        figure: `listens on ${listening.join(", ")}; ${letIn.length} default credentials; ${readable.length} files that others may read, ${inClear.length} with the secret in clear`,
        reached: listening.length > 0 && elsewhere.length + readable.length + inClear.length + letIn.length === 0,
        details: {
          listening: listening.length,
          readable: readable.length,
          inClear: inClear.length,
          letIn: letIn.length,
        },
      };
    } finally {
      server?.child.kill("SIGTERM");
      await server?.ended;
      await project.close();
      process.umask(umask);
    }
  },
};

async function setSecret(project: RowProject): Promise<void> {
  project.write("value.txt", SECRET);
  const { withVault, openProject } = await import("@millrace/server");
  await withVault(openProject(project.dir), async ({ vault }) => {
    const value = { text: SECRET };
    await vault.set("secret", "shop-token", { value, description: undefined, actor: "the row" });
  });
}

/** Addresses of the sockets that a process listens on, as Linux tells. */
function listeningOf(pid: number): string[] {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      const found = /socket:\[(\d+)\]/.exec(linkOf(`/proc/${pid}/fd/${fd}`));
      return found?.[1] === undefined ? [] : [found[1]];
    }),
  );
  return ["tcp", "tcp6"].flatMap((kind) =>
    readFileSync(`/proc/${pid}/net/${kind}`, "utf8")
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state, , , , , , inode = ""]) => state === "0A" && inodes.has(inode))
      .map(([, local = ""]) => hexAddress(local.split(":")[0] ?? "")),
  );
}

function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    // It was closed meanwhile.
    return "";
  }
}

/** The kernel writes the bytes of IPv4 addresses in the order of the machine, which is the other one. */
function hexAddress(hex: string): string {
  if (hex.length !== 8) return `::${hex}`;
  return [6, 4, 2, 0].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join(".");
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

/** What others than the owner and the group may read: a folder that they may not enter keeps all that is in it. */
function worldReadable(folder: string): string[] {
  if ((statSync(folder).mode & OTHERS) === 0) return [];
  return [folder, ...filesBelow(folder).filter((file) => (statSync(file).mode & OTHERS) !== 0)];
}

const COMMON = ["admin", "password", "millrace", "changeme", "root", "airflow", ""];

/** Names and passwords that others ship with. */
async function tryDefaults(address: string): Promise<string[]> {
  const letIn: string[] = [];
  for (const name of ["admin", "root", "millrace", "user"]) {
    for (const password of COMMON) {
      const headers = { "content-type": "application/json", origin: address };
      const body = JSON.stringify({ name, password });
      const { status } = await fetch(`${address}/api/v1/login`, { method: "POST", headers, body });
      if (status < 300) letIn.push(`${name}/${password}`);
    }
    const { status } = await fetch(`${address}/api/v1/me`, { headers: { authorization: `Bearer ${name}` } });
    if (status < 300) letIn.push(`token ${name}`);
  }
  return letIn;
}
