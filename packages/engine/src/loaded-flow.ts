import {
  type CompiledFlow,
  compileChecked,
  type FlowSpec,
  type TaskNodeSpec,
  type VersionFlow,
  type VersionId,
} from "@millrace/core";
import type { Claim } from "./admission/admission.ts";

/** A flow of a version, compiled once and shared by all its runs. */
export class LoadedFlow {
  readonly version: VersionId;
  readonly spec: FlowSpec;
  readonly codeHash: string;
  readonly compiled: CompiledFlow;
  readonly #claims: (readonly Claim[] | undefined)[];

  constructor(version: VersionId, flow: VersionFlow) {
    this.version = version;
    this.spec = flow.spec;
    this.codeHash = flow.codeHash;
    this.compiled = compileChecked(flow.spec);
    this.#claims = flow.spec.nodes.map(() => undefined);
  }

  /** The limits under which a task of this node waits: its pools, and its own concurrency. */
  claimsOf(node: number): readonly Claim[] {
    const known = this.#claims[node];
    if (known !== undefined) return known;
    const spec = this.spec.nodes[node];
    const claims = spec?.kind === "task" ? claimsOfTask(this.spec.name, spec) : NO_CLAIMS;
    this.#claims[node] = claims;
    return claims;
  }
}

/** What most tasks have: they wait for a worker and nothing else. */
const NO_CLAIMS: readonly Claim[] = [];

function claimsOfTask(flow: string, node: TaskNodeSpec): readonly Claim[] {
  const { pools, concurrency } = node.policies;
  if (pools.length === 0 && concurrency === null) return NO_CLAIMS;
  const claims: Claim[] = pools.map(({ pool, slots }) => ({ resource: pool, slots, limit: 1 }));
  if (concurrency !== null) claims.push({ resource: `task ${flow}/${node.id}`, slots: 1, limit: concurrency });
  return claims;
}
