import type { FlowSpec } from "@millrace/core";

/** The zone that a flow reckons in: of its partitions, else of its first schedule. Without either it has none. */
export function flowZone(spec: Pick<FlowSpec, "partitions" | "schedules">): string | null {
  return partitionZone(spec) ?? spec.schedules[0]?.timeZone ?? null;
}

function partitionZone({ partitions }: Pick<FlowSpec, "partitions">): string | undefined {
  if (partitions === null) return undefined;
  if (partitions.kind === "time") return partitions.timeZone;
  if (partitions.kind !== "product") return undefined;
  const time = partitions.dimensions.find((dimension) => dimension.partitions.kind === "time");
  return time?.partitions.kind === "time" ? time.partitions.timeZone : undefined;
}
