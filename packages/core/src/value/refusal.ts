import { MillraceError } from "../errors/millrace-error.ts";

/** References of the authoring API carry this symbol, whichever copy of the package made them. */
export const REF_BRAND = Symbol.for("millrace.ref");

/**
 * Thrown where a part of a value cannot be stored, and caught by each container on the way out, which puts its own step
 * in front. So the path costs nothing unless it is needed.
 */
export class NotStorable extends Error {
  readonly what: string;
  readonly hint: string;
  /** From the value as a whole to the part, ready to print: `.orders[3]`. */
  path: string;
  /** The path was known when it was thrown; containers leave it alone. */
  readonly placed: boolean;

  constructor(what: string, hint: string, path?: string) {
    super(what);
    this.what = what;
    this.hint = hint;
    this.path = path ?? "";
    this.placed = path !== undefined;
  }
}

/** Adds the step to the error's path if it is about what cannot be stored, and gives the error back to be thrown on. */
export function below(step: () => string, error: unknown): unknown {
  if (error instanceof NotStorable && !error.placed) error.path = step() + error.path;
  return error;
}

export function propertyStep(name: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

/** The value of a Map under this key; keys that are objects go by their position. */
export function entryStep(key: unknown, index: number): string {
  const isSimple = typeof key === "string" || typeof key === "number" || typeof key === "boolean";
  return `.get(${isSimple ? JSON.stringify(key) : `<key ${index}>`})`;
}

/** The refusal that people see. `what` names the value as a whole: `output of task "load"`. */
export function toRefusal(error: NotStorable, what: string): MillraceError {
  const part = error.path === "" ? "it" : error.path;
  return new MillraceError("OUTPUT_NOT_STORABLE", `The ${what} cannot be stored: ${part} ${error.what}.`, {
    hint: error.hint,
  });
}

/** Why an instance of a class cannot be stored, whatever its properties; undefined where nothing speaks against it. */
export function refuseInstance(instance: object): NotStorable | undefined {
  if (REF_BRAND in instance) return notARef();
  if ("then" in instance && typeof instance.then === "function") {
    return new NotStorable("is a promise", "Await it, and store what it gives.");
  }
  if ("next" in instance && typeof instance.next === "function") {
    return new NotStorable("is an iterator", "Store a list of what it gives: Array.from(iterator).");
  }
  if (instance instanceof DataView) {
    return new NotStorable("is a DataView", "Store a typed array, such as a Uint8Array, of its bytes.");
  }
  return undefined;
}

export function notARef(): NotStorable {
  return new NotStorable(
    "is a reference to the output of a task",
    "A reference stands for a value that is not there yet: hand it to a task as an input.",
  );
}

export function notAFunction(): NotStorable {
  return new NotStorable("is a function", "Store data, and keep functions in the code of the task that calls them.");
}

export function notASymbol(): NotStorable {
  return new NotStorable("is a symbol", "Store its text.");
}

export function withoutProperties(instance: object): NotStorable {
  return new NotStorable(
    `is a ${className(instance)} that shows no properties`,
    "Store a plain object of what is needed from it, or give its class a toJSON method.",
  );
}

function className(instance: object): string {
  const name: unknown = instance.constructor?.name;
  return typeof name === "string" && name !== "" ? name : "nameless class";
}
