// `npm run demo`: starts the server, and keeps house against it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { startServer, TOKEN } from "./server.ts";
import { writeLogs } from "./write-logs.ts";

writeLogs();
const server = await startServer();
const args = ["run", "house-keeping", "--param", `server=${server.url}`];
const child = spawn("millrace", args, { stdio: "inherit", env: { ...process.env, HOUSE_TOKEN: TOKEN } });
const [code] = await once(child, "exit");
process.stdout.write(`\nThe server was told: ${JSON.stringify(server.seen.notices)}\n`);
await server.close();
process.exitCode = code ?? 1;
