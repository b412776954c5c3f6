// `npm run ci`: the flow through the command line, once with everything it needs and once without its secret.
import { strict as assert } from "node:assert";
import { readFileSync, rmSync } from "node:fs";
import process from "node:process";
import { countOf, endOf, runFlow } from "../../../scripts/examples/run-flow.ts";
import { startServer, TOKEN } from "./server.ts";
import { writeLogs } from "./write-logs.ts";

for (const made of ["out", ".millrace"]) rmSync(made, { recursive: true, force: true });
writeLogs();

process.env["HOUSE_TOKEN"] = TOKEN;
const server = await startServer();
const ran = await runFlow("house-keeping", "--param", `server=${server.url}`);
await server.close();
assert.equal(ran.code, 0);

// It waited for the server, which was up at the third look, without spending tries.
assert.equal(server.seen.requests.filter((request) => request === "GET /health").length, 3);
assert.equal(countOf(ran, "task.deferred", "server-is-up"), 2);

// It came back when the server had said, one second later.
const retrying = ran.records.find(({ type, task }) => type === "task.retrying" && task === "list-backups");
assert.equal(retrying?.error?.code, "HTTP_STATUS");
assert.ok((retrying?.delayMs ?? 0) >= 900 && (retrying?.delayMs ?? 0) <= 1100, `a second, not ${retrying?.delayMs} ms`);
assert.equal(endOf(ran, "list-backups").attempts, 2);

// Two deletions failed once each; the one that is in use failed for good, at once.
assert.equal(endOf(ran, "delete-backup[0]").attempts, 2);
assert.equal(endOf(ran, "delete-backup[1]").state, "failed");
assert.equal(server.seen.requests.filter((request) => request === "DELETE /backups/2026-01-02.tar").length, 1);
assert.equal(endOf(ran, "delete-backup[2]").attempts, 2);
assert.equal(endOf(ran, "delete-backup").state, "failed");

const [notice] = server.seen.notices as { deleted: number; kept: string[]; packed: number; freeShare: number }[];
assert.equal(server.seen.notices.length, 1);
assert.equal(notice?.deleted, 2);
assert.match(notice?.kept[0] ?? "", /409/);
assert.equal(notice?.packed, 2);
assert.ok((notice?.freeShare ?? -1) > 0 && (notice?.freeShare ?? 2) <= 1);

const notes = readFileSync("out/notes.txt", "utf8").split("\n");
for (const line of [
  "retry delete-backup[0]: HTTP_STATUS",
  "failure delete-backup[1]: HTTP_STATUS",
  "success house-keeping",
]) {
  assert.ok(notes.includes(line), `${line} in ${notes.join(", ")}`);
}

delete process.env["HOUSE_TOKEN"];
const other = await startServer();
const untold = await runFlow("house-keeping", "--param", `server=${other.url}`);
await other.close();
assert.equal(untold.code, 1);
assert.equal(endOf(untold, "tell").error?.code, "MISSING_SECRET");
assert.deepEqual(other.seen.notices, []);
assert.ok(readFileSync("out/notes.txt", "utf8").includes("failure house-keeping"));

process.stdout.write("house-keeping: 2 runs, and the house is clean\n");
