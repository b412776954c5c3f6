import { didYouMean, MillraceError, type RunRow, type VersionFlow } from "@millrace/core";
import type { BuildResult, Diagnostic, Runtime, RuntimeOptions } from "@millrace/server";
import type { RunAccess } from "../access/run-access.ts";
import type { CommandCall } from "../command-line/command-spec.ts";
import { countText } from "../output/count-text.ts";
import { diagnosticText } from "../output/diagnostic-text.ts";
import type { Style } from "../output/style.ts";
import { warnOfServer } from "../remote/server-address.ts";
import type { FlowShape } from "../run-view/flow-shape.ts";

type Options = Omit<RuntimeOptions, "projectDir">;

/** Opens the project for a command and closes it whatever happens. The server is loaded only now. */
export async function withRuntime<Result>(
  call: CommandCall,
  options: Options,
  work: (runtime: Runtime) => Promise<Result>,
): Promise<Result> {
  const { openRuntime } = await import("@millrace/server");
  warnOfServer(call);
  const workers = readWorkers(call);
  const runtime = await openRuntime({
    onNews: (news) => {
      if (news.kind === "trouble") call.console.complain(troubleText(news.error, call.console.errorStyle));
    },
    ...options,
    projectDir: call.projectDir,
    ...(workers === undefined || options.workers !== undefined ? {} : { workers }),
  });
  try {
    return await work(runtime);
  } finally {
    await runtime.stop();
  }
}

/** A database that fails, and is waited for; or, with null, one that works again. */
export function troubleText(error: MillraceError | null, style: Style): string {
  if (error === null) return "the database works again";
  return `${style.yellow("waiting:")} ${error.message}${error.hint === null ? "" : ` ${error.hint}`}`;
}

/** `--workers`, where the command has it. */
function readWorkers({ options }: CommandCall): number | undefined {
  return options.has("workers") ? readCount(options.text("workers"), "--workers") : undefined;
}

/** A whole number from 1, of an option that may be missing. */
export function readCount(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new MillraceError("USAGE", `${option} cannot be "${text}".`, { hint: "Give a whole number from 1." });
}

/** The build of a runtime that was opened with `versions: "build"`. */
export function buildOf(runtime: Runtime): BuildResult {
  if (runtime.build !== null) return runtime.build;
  throw new MillraceError("INTERNAL", "The project was opened without a build.");
}

/**
 * A flow that can run. When it is not there because files have errors, these are shown and the project is to blame;
 * otherwise the name is.
 */
export function findFlow(build: BuildResult, name: string, call: CommandCall): VersionFlow {
  const found = build.flows.find(({ spec }) => spec.name === name);
  const errors = build.diagnostics.filter(({ severity }) => severity === "error");
  if (found !== undefined) {
    warnOfBrokenFiles(errors, call);
    return found;
  }
  const [first] = errors;
  if (first === undefined) throw unknownFlow(name, build.flows);
  for (const diagnostic of errors.slice(0, -1))
    call.console.complain([...diagnosticText(diagnostic, call.console.errorStyle), ""]);
  const last = errors.at(-1) ?? first;
  if (errors.length > 1) call.console.complain([...diagnosticText(last, call.console.errorStyle), ""]);
  throw diagnosticError(errors.length > 1 ? errorOfMany(name, errors) : first, name);
}

/** Refuses a project of which nothing can run, with its errors; of one that is broken in places, warns. */
export function usableBuild(build: BuildResult, call: CommandCall): void {
  const errors = build.diagnostics.filter(({ severity }) => severity === "error");
  if (build.version !== null) {
    warnOfBrokenFiles(errors, call);
    return;
  }
  for (const diagnostic of errors) call.console.complain([...diagnosticText(diagnostic, call.console.errorStyle), ""]);
  throw new MillraceError("BUILD_FAILED", "The project has no usable flow.", {
    hint: "`millrace check` shows what is wrong; `millrace server --stored` serves the version that is active.",
  });
}

function errorOfMany(name: string, errors: readonly Diagnostic[]): Diagnostic {
  const [first] = errors as [Diagnostic];
  return {
    ...first,
    message: `Flow "${name}" is not usable: the project has ${errors.length} errors.`,
    frame: null,
    file: null,
  };
}

function diagnosticError(diagnostic: Diagnostic, flow: string): MillraceError {
  const place = diagnostic.file === null ? "" : ` (${placeText(diagnostic)})`;
  return new MillraceError(diagnostic.code, `${diagnostic.message}${place}`, {
    hint:
      diagnostic.hint ??
      `There is no usable flow "${flow}" until this is put right; \`millrace check\` shows everything.`,
    ...(diagnostic.frame === null ? {} : { frame: diagnostic.frame }),
  });
}

/** `flows/orders.ts:3:7`. */
function placeText({ file, line, column }: Pick<Diagnostic, "file" | "line" | "column">): string {
  return [file, line, column].filter((part) => part !== null).join(":");
}

function unknownFlow(name: string, flows: readonly VersionFlow[]): MillraceError {
  const names = flows.map(({ spec }) => spec.name);
  return new MillraceError("UNKNOWN_FLOW", `There is no flow "${name}" in this project.`, {
    hint: didYouMean(name, names, "flows"),
  });
}

function warnOfBrokenFiles(errors: readonly Diagnostic[], { console }: CommandCall): void {
  if (errors.length === 0) return;
  const files = [...new Set(errors.flatMap(({ file }) => file ?? []))];
  const where = files.length === 0 ? "" : ` in ${files.slice(0, 3).join(", ")}${files.length > 3 ? " and others" : ""}`;
  const found = countText(errors.length, "error");
  console.complain(
    `${console.errorStyle.yellow("warning:")} ${found}${where}; other flows still run. See \`millrace check\`.`,
  );
}

/** The specification a stored run was made with. */
export async function specOfRun(
  runtime: Pick<RunAccess, "flows">,
  run: Pick<RunRow, "version" | "flow">,
): Promise<FlowShape> {
  const { flows } = await runtime.flows(run.version, run.flow);
  const flow = flows.find(({ spec }) => spec.name === run.flow);
  if (flow !== undefined) return flow.spec;
  throw new MillraceError("UNKNOWN_VERSION", `The version of this run is no longer stored: ${run.version}.`);
}
