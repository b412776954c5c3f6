import {
  checkPartitions,
  type DynamicPartitionsSpec,
  type ProductPartitionsSpec,
  type StaticPartitionsSpec,
} from "@millrace/core";
import { CallSite } from "../source/call-site.ts";
import { withPlace } from "../source/refuse.ts";

/**
 * Partitions with these keys, in this order.
 *
 * @example
 * flow("shops", { partitions: staticPartitions(["eu", "us"]) }, () => { … })
 */
export function staticPartitions(keys: readonly string[]): StaticPartitionsSpec {
  const site = new CallSite(staticPartitions);
  return withPlace(site, () => checked({ kind: "static", keys: Object.freeze([...keys]) }, "static partitions"));
}

/**
 * Partitions whose keys are added and taken away while the project runs, with `millrace partitions add`.
 *
 * @param name what the keys are kept under; flows that name the same share them.
 */
export function dynamicPartitions(name: string): DynamicPartitionsSpec {
  const site = new CallSite(dynamicPartitions);
  return withPlace(site, () => checked({ kind: "dynamic", name }, "dynamic partitions"));
}

/**
 * Every combination of the keys of its dimensions; the last one changes fastest. A key is those of the dimensions joined
 * by `|`, in the order in which they are written here.
 *
 * @example
 * product({ day: daily({ start: "2026-01-01" }), region: staticPartitions(["eu", "us"]) })
 */
export function product(
  dimensions: Readonly<Record<string, ProductPartitionsSpec["dimensions"][number]["partitions"]>>,
): ProductPartitionsSpec {
  const site = new CallSite(product);
  return withPlace(site, () =>
    checked(
      {
        kind: "product",
        dimensions: Object.entries(dimensions).map(([name, partitions]) => Object.freeze({ name, partitions })),
      },
      "product of partitions",
    ),
  );
}

function checked<Spec extends StaticPartitionsSpec | DynamicPartitionsSpec | ProductPartitionsSpec>(
  spec: Spec,
  what: string,
): Spec {
  checkPartitions(spec, what);
  return Object.freeze(spec);
}
