import type { FlowSpec, VersionId } from "@millrace/core";

/** What the definitions say. */
export type SpecOf = (version: VersionId, flow: string) => FlowSpec;
