import type { PartitionsSpec } from "@millrace/core";
import type { Flow } from "../../api/shapes.ts";
import { useApi } from "../../api/use-api.ts";
import { partitionsText } from "../backfills/extent.ts";

/** How a flow's data is cut, and which of it there is: `Daily, 2012-01-01 to 2015-12-31`. Nothing where it is not cut. */
export function FlowPartitions({ flow: { name, partitioned, partitions } }: { readonly flow: Flow }) {
  const known = useApi(
    "listPartitions",
    { params: { flow: name }, query: { limit: 1 } },
    { enabled: partitioned },
  ).data;
  if (!partitioned) return null;
  return (
    <span title="Its data is cut into partitions: each run covers one of them, or several.">
      {partitionsText(partitions as unknown as PartitionsSpec, known)}
    </span>
  );
}
