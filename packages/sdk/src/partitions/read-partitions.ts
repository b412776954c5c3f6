import { checkPartitions, type PartitionsSpec } from "@millrace/core";
import { invalid } from "../task/read-option.ts";

const KINDS: readonly unknown[] = ["time", "static", "dynamic", "product"] satisfies readonly PartitionsSpec["kind"][];

/** The option `partitions` of a flow. */
export function readPartitions(partitions: PartitionsSpec | undefined, owner: string): PartitionsSpec | null {
  if (partitions === undefined) return null;
  if (!KINDS.includes((partitions as PartitionsSpec | null)?.kind)) {
    throw invalid(
      `option "partitions" of ${owner}`,
      "what daily, staticPartitions or another such function gives",
      partitions,
    );
  }
  checkPartitions(partitions, `partitions of ${owner}`);
  return partitions;
}
