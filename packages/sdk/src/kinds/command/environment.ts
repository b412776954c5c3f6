import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exchangeFolderPrefix, MARK_VARIABLE, MillraceError } from "@millrace/core";
import type { TaskContext } from "../../task/context.ts";
import { plainText, toPlainJson } from "../plain-json.ts";
import { type MaybeSecret, readSecret, type SecretReader } from "../secret.ts";

/** Linux takes no single variable over 128 KiB, name included. */
const LARGEST_VARIABLE = 100 * 1024;

/** A folder for the files through which an attempt and its program exchange values; gone when the attempt ends. */
export interface Exchange {
  readonly inputFile: string;
  readonly outputFile: string;
  pathOf(name: string): string;
}

/** Makes the folder with the input in it, hands it to `use`, and takes it away again whatever happens. */
export async function withExchange<Result>(
  input: unknown,
  context: TaskContext,
  use: (exchange: Exchange) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), exchangeFolderPrefix(process.env[MARK_VARIABLE])));
  try {
    const inputFile = join(folder, "input.json");
    await writeFile(inputFile, toPlainJson(input ?? null));
    await writeFile(join(folder, "params.json"), toPlainJson(context.params ?? null));
    const pathOf = (name: string): string => join(folder, name);
    return await use({ inputFile, outputFile: pathOf("output.json"), pathOf });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The variables that every program finds: where its input is, and which run, window and partition it works for. */
export function exchangeVariables(exchange: Exchange, context: TaskContext): Record<string, string> {
  return {
    MILLRACE_INPUT: exchange.inputFile,
    MILLRACE_PARAMS: exchange.pathOf("params.json"),
    MILLRACE_OUTPUT: exchange.outputFile,
    MILLRACE_RUN_ID: context.run.id,
    MILLRACE_FLOW: context.run.flow,
    MILLRACE_TASK: context.task.label,
    MILLRACE_ATTEMPT: String(context.attempt.number),
    MILLRACE_WINDOW_START: context.window.start.toISOString(),
    MILLRACE_WINDOW_END: context.window.end.toISOString(),
    MILLRACE_PROJECT_DIR: context.projectDir,
    ...(context.scheduledAt === null ? {} : { MILLRACE_SCHEDULED_AT: context.scheduledAt.toISOString() }),
    ...(context.partition === null ? {} : partitionVariables(context.partition)),
  };
}

function partitionVariables({ key, from, to }: NonNullable<TaskContext["partition"]>): Record<string, string> {
  return { MILLRACE_PARTITION_KEY: key, MILLRACE_PARTITION_FROM: from, MILLRACE_PARTITION_TO: to };
}

/**
 * The input's fields as variables: `orderId` becomes `INPUT_ORDER_ID`. Text as it is, numbers and booleans written out,
 * dates in ISO 8601, everything else as JSON; null and undefined give no variable. A value that is too large for an
 * environment is left out, with a line in the log: it stands in the file that MILLRACE_INPUT names.
 */
export function inputVariables(input: unknown, context: TaskContext): Record<string, string> {
  if (typeof input !== "object" || input === null || Array.isArray(input)) return {};
  const variables: Record<string, string> = {};
  const fields = new Map<string, string>();
  for (const [field, value] of Object.entries(input)) {
    if (value === undefined || value === null) continue;
    const name = variableName(field);
    const earlier = fields.get(name);
    if (earlier !== undefined) {
      throw new MillraceError("INPUT_INVALID", `The inputs "${earlier}" and "${field}" are both ${name}.`, {
        hint: "Rename one of them: inputs of a command become environment variables in capitals.",
      });
    }
    fields.set(name, field);
    const text = plainText(value);
    if (Buffer.byteLength(text) <= LARGEST_VARIABLE && !text.includes("\0")) variables[name] = text;
    else context.log.warn(`${name} does not fit an environment variable; read it from the file $MILLRACE_INPUT.`);
  }
  return variables;
}

function variableName(field: string): string {
  const words = field.replace(/([a-z0-9])([A-Z])/g, "$1_$2").replace(/[^A-Za-z0-9]+/g, "_");
  return `INPUT_${words.toUpperCase()}`;
}

/** The author's variables, secrets read. */
export async function readVariables(
  env: Readonly<Record<string, MaybeSecret | undefined>>,
  what: string,
  reader: SecretReader,
): Promise<Record<string, string | undefined>> {
  const read: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(env)) {
    read[name] = value === undefined ? undefined : await readSecret(value, `variable ${name} of ${what}`, reader);
  }
  return read;
}
