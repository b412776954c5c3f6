type Schema = Readonly<Record<string, unknown>>;

/** Deeper than this, a type says no more: it is for people to read, and schemas may go in circles. */
const MOST_DEPTH = 12;

/**
 * What may be given where a JSON Schema asks, as a TypeScript type. What it cannot say (patterns, ranges) is left to the
 * server, which checks all of it.
 */
export function typeOfSchema(schema: unknown): string {
  return new SchemaTypes(schema).typeOf(schema, { depth: 0, indent: "  " });
}

/** How deep in the schema, and how far to the right in the text. */
interface Place {
  readonly depth: number;
  readonly indent: string;
}

function below({ depth, indent }: Place): Place {
  return { depth: depth + 1, indent };
}

class SchemaTypes {
  readonly #root: unknown;

  constructor(root: unknown) {
    this.#root = root;
  }

  typeOf(schema: unknown, at: Place): string {
    if (!isSchema(schema) || at.depth > MOST_DEPTH) return "unknown";
    const { $ref, const: only, enum: choices, anyOf, oneOf, allOf } = schema;
    if (typeof $ref === "string") return this.typeOf(this.#find($ref), below(at));
    if (only !== undefined) return literal(only);
    if (Array.isArray(choices)) return union(choices.map(literal));
    const either = anyOf ?? oneOf;
    if (Array.isArray(either)) return union(either.map((one) => this.typeOf(one, below(at))));
    if (Array.isArray(allOf)) return allOf.map((one) => joined(this.typeOf(one, below(at)))).join(" & ");
    const { type } = schema;
    if (Array.isArray(type)) return union(type.map((one) => this.#typeNamed(one, schema, at)));
    return this.#typeNamed(type, schema, at);
  }

  #typeNamed(type: unknown, schema: Schema, at: Place): string {
    switch (type) {
      case "string":
      case "boolean":
      case "null":
      case "number":
        return type;
      case "integer":
        return "number";
      case "array":
        return this.#arrayType(schema, at);
      case "object":
        return this.#objectType(schema, at);
      default:
        return "unknown";
    }
  }

  #arrayType({ items, prefixItems }: Schema, at: Place): string {
    if (!Array.isArray(prefixItems)) return `readonly ${grouped(this.typeOf(items, below(at)))}[]`;
    const fixed = prefixItems.map((item) => this.typeOf(item, below(at)));
    const more = isSchema(items) ? [`...${grouped(this.typeOf(items, below(at)))}[]`] : [];
    return `readonly [${[...fixed, ...more].join(", ")}]`;
  }

  #objectType({ properties, required, additionalProperties }: Schema, at: Place): string {
    const needed = new Set(Array.isArray(required) ? (required as string[]) : []);
    const fields = Object.entries(isSchema(properties) ? properties : {});
    if (fields.length === 0) {
      if (additionalProperties === false) return "Record<string, never>";
      return `Readonly<Record<string, ${this.typeOf(additionalProperties, below(at))}>>`;
    }
    const indent = `${at.indent}  `;
    const lines = fields.map(([name, field]) => {
      const type = this.typeOf(field, { depth: at.depth + 1, indent });
      return `${docOf(field, indent)}${indent}readonly ${nameOf(name)}${needed.has(name) ? "" : "?"}: ${type};`;
    });
    return `{\n${lines.join("\n")}\n${at.indent}}`;
  }

  /** `#/$defs/Region`. Only what stands in the same schema is found. */
  #find(ref: string): unknown {
    if (!ref.startsWith("#")) return undefined;
    let found: unknown = this.#root;
    for (const part of ref
      .slice(1)
      .split("/")
      .filter((each) => each !== "")) {
      found = isSchema(found) ? found[part.replaceAll("~1", "/").replaceAll("~0", "~")] : undefined;
    }
    return found;
  }
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function literal(value: unknown): string {
  return typeof value === "object" && value !== null ? "unknown" : JSON.stringify(value);
}

function union(types: readonly string[]): string {
  return [...new Set(types)].join(" | ");
}

/** What is more than one word needs parentheses inside something else. */
function grouped(type: string): string {
  return /^\w+$/.test(type) ? type : `(${type})`;
}

/** A union binds less than what is joined. */
function joined(type: string): string {
  return type.includes(" | ") ? `(${type})` : type;
}

/** A name as it may stand before a colon. */
export function nameOf(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

function docOf(field: unknown, indent: string): string {
  const text = isSchema(field) && typeof field["description"] === "string" ? field["description"] : "";
  const given =
    isSchema(field) && field["default"] !== undefined ? `Defaults to \`${JSON.stringify(field["default"])}\`.` : "";
  const words = [text, given].filter((part) => part !== "").join(" ");
  // What would end the comment ends nothing.
  return words === "" ? "" : `${indent}/** ${words.replaceAll("*/", "*\\/").replaceAll(/\s+/g, " ")} */\n`;
}
