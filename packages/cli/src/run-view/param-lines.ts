import type { FlowSpec } from "@millrace/core";
import type { Style } from "../output/style.ts";

interface ParamSchema {
  readonly type?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
}

/** What parameters there are, a line each. */
export function paramLines({ params }: Pick<FlowSpec, "params">, style: Style): string[] {
  if (params === null) return [];
  const schema = params.jsonSchema as { properties?: Record<string, ParamSchema>; required?: readonly string[] } | null;
  const known = Object.entries(schema?.properties ?? {});
  if (known.length === 0) return [`${style.dim("params".padEnd(8))}  by a schema that does not describe itself`];
  return known.map(([name, param], index) => {
    const type = param.enum?.map((value) => JSON.stringify(value)).join(" | ") ?? typeText(param.type);
    const given = param.default === undefined ? "" : ` = ${JSON.stringify(param.default)}`;
    const needed = param.default === undefined && schema?.required?.includes(name) === true ? " (required)" : "";
    const says = param.description === undefined ? "" : `  ${style.dim(param.description)}`;
    return `${style.dim((index === 0 ? "params" : "").padEnd(8))}  ${name}: ${type}${given}${needed}${says}`;
  });
}

function typeText(type: unknown): string {
  if (typeof type === "string") return type;
  return Array.isArray(type) ? type.join(" | ") : "any";
}
