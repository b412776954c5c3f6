import type { Field, Schema } from "./params-schema.ts";

/** What a field takes, in few words. */
export function rangeText(field: Field): string {
  const { schema, kind, isNullable, isNeeded } = field;
  // What may be left empty although it is asked for means something when it is.
  const orNull = isNullable && (isNeeded || schema.default !== undefined) ? ["empty is null"] : [];
  return [...[boundsText(schema) ?? kindText(kind, schema)].filter((each) => each !== ""), ...orNull].join(", ");
}

function kindText(kind: Field["kind"], { type, format }: Schema): string {
  if (kind === "json") return typeof type === "string" ? `JSON, ${type}` : "JSON";
  if (kind === "instant") return "UTC";
  return kind === "choice" ? "" : (format ?? "");
}

function boundsText({ minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf }: Schema): string | undefined {
  const [least, most] = [known(minimum), known(maximum)];
  const [above, below] = [known(exclusiveMinimum), known(exclusiveMaximum)];
  const isBetween = least !== undefined && most !== undefined;
  const words = [
    ...(isBetween ? [`${least} to ${most}`] : []),
    ...(isBetween || least === undefined ? [] : [`at least ${least}`]),
    ...(above === undefined ? [] : [`more than ${above}`]),
    ...(isBetween || most === undefined ? [] : [`at most ${most}`]),
    ...(below === undefined ? [] : [`less than ${below}`]),
    ...(multipleOf === undefined ? [] : [`in steps of ${multipleOf}`]),
  ];
  return words.length === 0 ? undefined : words.join(", ");
}

/** What every whole number of ours keeps to says nothing. */
function known(bound: number | undefined): number | undefined {
  return bound === undefined || Math.abs(bound) >= Number.MAX_SAFE_INTEGER ? undefined : bound;
}
