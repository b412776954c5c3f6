import type { StandardSchema } from "./standard-schema.ts";

/** What is asked of zod; other validators leave it unread. */
const ZOD_OPTIONS = {
  // One parameter that JSON Schema cannot tell (a BigInt, a Set) must not hide all others.
  unrepresentable: "any",
  /** A date comes in as text, from a command line and from JSON alike. */
  override({ zodSchema, jsonSchema }: ZodNode): void {
    if (zodSchema._zod?.def?.type === "date") Object.assign(jsonSchema, { type: "string", format: "date-time" });
  },
} as const;

interface ZodNode {
  readonly zodSchema: { readonly _zod?: { readonly def?: { readonly type?: string } } };
  readonly jsonSchema: Record<string, unknown>;
}

const TARGET = { target: "draft-2020-12", libraryOptions: ZOD_OPTIONS } as const;

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
    if (typeof convertible.toJSONSchema === "function")
      return plain(convertible.toJSONSchema({ io: "input", ...ZOD_OPTIONS }));
  } catch {
    // Types without a counterpart in JSON Schema throw, in validators that have no way round it.
  }
  return null;
}

function plain(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema));
}
