import { nameOf, typeOfSchema } from "./type-of-schema.ts";

/** A flow as far as its callers need to know it. */
export interface TypedFlow {
  readonly name: string;
  readonly description: string | null;
  /** JSON Schema of its parameters; null where it takes none, undefined where nobody knows. */
  readonly params: unknown;
}

/** The file that types a client: a module with one type, the parameters of each flow by its name. */
export function flowTypesText(flows: readonly TypedFlow[]): string {
  const sorted = [...flows].sort((a, b) => (a.name < b.name ? -1 : 1));
  return `// Made by \`millrace types\`: the flows, and the parameters that each of them takes.
//
//   import { connect } from "millrace/client";
//   import type { Flows } from "<this file>";
//   const client = connect<Flows>();

export type Flows = {
${sorted.map(flowLine).join("\n")}
};
`;
}

function flowLine({ name, description, params }: TypedFlow): string {
  const doc = description === null ? "" : `  /** ${description.replaceAll("*/", "*\\/").replaceAll(/\s+/g, " ")} */\n`;
  const type = params === null ? "Record<string, never>" : typeOfSchema(params);
  return `${doc}  readonly ${nameOf(name)}: ${type === "unknown" ? "object" : type};`;
}
