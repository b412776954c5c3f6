import type { StandardSchema } from "./standard-schema.ts";

const TARGET = { target: "draft-2020-12" } as const;

/** What validators offer on top of Standard Schema: the spec's own converter, or a method as zod has had it before. */
interface MayConvert {
  readonly "~standard": { readonly jsonSchema?: { readonly input?: unknown } };
  readonly toJSONSchema?: unknown;
}

/**
 * The JSON Schema (draft 2020-12) of what a schema takes, where its validator can give one; else null. It is for forms,
 * help and documentation, so a validator that cannot is no error.
 */
export function jsonSchemaOf(schema: StandardSchema): unknown {
  const convertible = schema as unknown as MayConvert;
  const standard = convertible["~standard"].jsonSchema;
  try {
    if (typeof standard?.input === "function") return plain(standard.input(TARGET));
    if (typeof convertible.toJSONSchema === "function") return plain(convertible.toJSONSchema({ io: "input" }));
  } catch {
    // Types without a counterpart in JSON Schema (dates, transforms) throw.
  }
  return null;
}

function plain(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema));
}
