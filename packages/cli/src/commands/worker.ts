import { readFile } from "node:fs/promises";
import { MillraceError, parseDuration } from "@millrace/core";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { onInterruption } from "../following/interruption.ts";
import { readCount } from "../following/open-runtime.ts";
import { ownVersion } from "../own-version.ts";
import { readLabels } from "../params/read-labels.ts";
import { readTokenFile, warnOfOpenFile } from "../remote/token-file.ts";
import { WorkerReporter } from "../worker-view/worker-reporter.ts";

const DEFAULT_DRAIN = "30s";
const TOKEN_VARIABLE = "MILLRACE_WORKER_TOKEN";

/** `millrace worker --server <url>`. */
export async function worker(call: CommandCall): Promise<ExitCode> {
  const { options, console, projectDir } = call;
  const servers = options.list("server").map(readServer);
  if (servers.length === 0) {
    throw new MillraceError("USAGE", "A worker needs a server to work for.", {
      hint: "Give its address: millrace worker --server http://127.0.0.1:7430",
    });
  }
  const drainMs = parseDuration(options.text("drain") ?? DEFAULT_DRAIN, "--drain");
  const slots = readCount(options.text("workers"), "--workers");
  const name = options.text("name");
  const labels = readLabels(options.list("label"));
  const readToken = tokenReader(call);
  const { runWorker } = await import("@millrace/server/worker");
  console.outliveReader();
  const reporter = new WorkerReporter(console);
  const running = await runWorker({
    projectDir,
    servers,
    readToken,
    labels,
    version: ownVersion(),
    onNews: (news) => reporter.news(news, running.busy),
    ...(name === undefined ? {} : { name }),
    ...(slots === undefined ? {} : { slots }),
  });
  reporter.started({ name: running.name, folder: projectDir, labels });
  const asked = Promise.withResolvers<void>();
  const interruption = onInterruption(asked.resolve, () => reporter.stopped());
  try {
    await Promise.race([asked.promise, running.ended]);
    reporter.stopping(running.busy, drainMs);
    await running.leave(drainMs);
    reporter.stopped();
    return EXIT.success;
  } catch (error) {
    await running.leave(0);
    throw error;
  } finally {
    interruption.end();
  }
}

function readServer(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw badServer(text, "is no address");
  }
  if (!["http:", "https:", "ws:", "wss:"].includes(url.protocol)) throw badServer(text, "is not of http or https");
  if (url.username !== "" || url.password !== "") throw badServer(url.host, "holds a user; tokens go into a file");
  return text;
}

function badServer(text: string, why: string): MillraceError {
  return new MillraceError("USAGE", `--server: ${text} ${why}.`, {
    hint: "Write it like http://127.0.0.1:7430 or https://millrace.example.org.",
  });
}

/** A file is read for each connection anew: whoever changes the token needs not restart the worker. */
function tokenReader({ options, console }: CommandCall): () => Promise<string | null> {
  const file = options.text("token-file");
  if (file === undefined) {
    const token = process.env[TOKEN_VARIABLE]?.trim() ?? "";
    // What attempts start must not find it.
    delete process.env[TOKEN_VARIABLE];
    return async () => (token === "" ? null : token);
  }
  readTokenFile(file, "millrace token create <name> --worker");
  warnOfOpenFile(file, console);
  return async () => (await readFile(file, "utf8")).trim();
}
