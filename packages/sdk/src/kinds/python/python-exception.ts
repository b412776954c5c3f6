/** An exception of Python, with what led to it. */
export interface PythonException {
  /** The class: `ValueError`. */
  readonly name: string;
  /** As Python prints it, `ValueError: no such region`. */
  readonly message: string;
  /** As Python prints them, the outermost frame first. */
  readonly stack: readonly string[];
  readonly cause: PythonException | null;
}

const MAX_CAUSES = 8;

/** Reads an exception as Dagster Pipes sends it. `cause` is the explicit one, `context` the one being handled. */
export function readException(value: unknown, depth = 0): PythonException | null {
  if (typeof value !== "object" || value === null || depth > MAX_CAUSES) return null;
  const { name, message, stack, cause, context } = value as Readonly<Record<string, unknown>>;
  return {
    name: typeof name === "string" ? name : "Exception",
    message: typeof message === "string" ? message.trim() : "",
    stack: Array.isArray(stack) ? stack.map(String) : [],
    cause: readException(cause ?? context, depth + 1),
  };
}

const TRACEBACK = "Traceback (most recent call last):";

/** Finds the last exception that Python printed, in the last lines of standard error. */
export function findException(lines: readonly string[]): PythonException | null {
  const start = lines.lastIndexOf(TRACEBACK);
  const printed = start < 0 ? [] : lines.slice(start + 1);
  // Frames are indented; the exception follows at the margin, its message perhaps over several lines.
  const at = printed.findIndex((line) => /^[^\s]/.test(line));
  const message = printed.slice(Math.max(0, at)).join("\n").trim();
  if (at < 0 || message === "") return null;
  const name = /^[\w.]+/.exec(message)?.[0].split(".").at(-1) ?? "Exception";
  return { name, message, stack: printed.slice(0, at).map((line) => `${line}\n`), cause: null };
}

/** As an error: named by its class, its stack as Python prints one. */
export function asError(exception: PythonException): Error {
  const message = exception.message.startsWith(`${exception.name}: `)
    ? exception.message.slice(exception.name.length + 2)
    : exception.message;
  const error = new Error(message, exception.cause === null ? undefined : { cause: asError(exception.cause) });
  error.name = exception.name;
  error.stack = `${TRACEBACK}\n${exception.stack.join("").trimEnd()}\n${exception.message}`;
  return error;
}
