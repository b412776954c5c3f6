import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { MillraceError } from "@millrace/core";
import type { CommandCall } from "../command-line/command-spec.ts";
import { EXIT, type ExitCode } from "../command-line/exit-code.ts";
import { readServerAddress } from "../remote/server-address.ts";

const DEFAULT_URL = "http://127.0.0.1:7430";
const PREFIX = "/api/v1/";

/** `millrace api <method> <path>`. */
export async function api(call: CommandCall): Promise<ExitCode> {
  const [method = "", path = ""] = call.arguments;
  const address = readServerAddress(call) ?? { url: DEFAULT_URL, token: process.env["MILLRACE_API_TOKEN"] };
  const data = call.options.text("data");
  const body = data === undefined ? undefined : readBody(data);
  const changes = method.toUpperCase() !== "GET";
  const headers = {
    ...(address.token === undefined ? {} : { authorization: `Bearer ${address.token}` }),
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    ...(changes ? { "idempotency-key": call.options.text("key") ?? randomUUID() } : {}),
  };
  const url = `${address.url}${pathOf(path)}`;
  let response: Response;
  try {
    response = await fetch(url, { method: method.toUpperCase(), headers, ...(body === undefined ? {} : { body }) });
  } catch (cause) {
    throw new MillraceError("NO_SERVER", `There is no server at ${address.url}.`, {
      hint: "Start one with `millrace server` or `millrace dev`, or name another with --server.",
      cause,
    });
  }
  await show(response, call);
  if (response.ok) return EXIT.success;
  return response.status >= 500 ? EXIT.unreachable : EXIT.usage;
}

/** `runs` is short for `/api/v1/runs`. */
function pathOf(path: string): string {
  if (path.startsWith("/")) return path;
  return `${PREFIX}${path}`;
}

/** JSON as it stands, from a file after `@`, or from standard input with `-`. */
function readBody(data: string): string {
  const file = data === "-" ? 0 : data.startsWith("@") ? data.slice(1) : undefined;
  let text = data;
  try {
    if (file !== undefined) text = readFileSync(file, "utf8");
    JSON.parse(text);
    return text;
  } catch (cause) {
    throw new MillraceError(
      "USAGE",
      `--data: ${file === undefined ? "this" : file === 0 ? "standard input" : file} is not JSON.`,
      {
        hint: `Write --data '{"params": {}}', --data @body.json, or --data - for standard input.`,
        cause,
      },
    );
  }
}

/** What is JSON is laid out for people; streams and texts are passed on as they come. */
async function show(response: Response, { console }: CommandCall): Promise<void> {
  const type = response.headers.get("content-type") ?? "";
  if (/^application\/(?:problem\+)?json/.test(type)) {
    const value = (await response.json()) as Readonly<Record<string, unknown>>;
    console.record(value);
    console.print(JSON.stringify(value, null, 2));
    return;
  }
  if (response.body === null) return;
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) process.stdout.write(text);
}
