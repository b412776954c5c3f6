import {
  type CompiledFlow,
  compileChecked,
  type FlowSpec,
  type RunClass,
  type VersionFlow,
  type VersionId,
} from "@millrace/core";
import { type Claim, claimsKey } from "./admission/claim.ts";
import { Bucket } from "./admission/resource.ts";
import { claimsOf, holdsKeys, NO_CLAIMS } from "./claims.ts";

/** A flow of a version, compiled once and shared by all its runs. */
export class LoadedFlow {
  readonly version: VersionId;
  readonly spec: FlowSpec;
  readonly codeHash: string;
  readonly compiled: CompiledFlow;
  readonly #buckets: Readonly<Record<RunClass, (Bucket | undefined)[]>>;
  readonly #known = new Map<string, Bucket>();

  constructor(version: VersionId, flow: VersionFlow) {
    this.version = version;
    this.spec = flow.spec;
    this.codeHash = flow.codeHash;
    this.compiled = compileChecked(flow.spec);
    this.#buckets = { live: [], backfill: [] };
  }

  /** Where task runs of a node wait for their limits and a worker; undefined where that depends on the run's keys. */
  bucketOf(node: number, runClass: RunClass): Bucket | undefined {
    const known = this.#buckets[runClass][node];
    if (known !== undefined) return known;
    const spec = this.spec.nodes[node];
    if (spec?.kind === "task" && holdsKeys(spec.policies)) return undefined;
    const claims = spec?.kind === "task" ? claimsOf(this.spec.name, spec, null) : NO_CLAIMS;
    const bucket = this.makeBucket(node, runClass, claims);
    this.#buckets[runClass][node] = bucket;
    return bucket;
  }

  /** Where hooks of a node wait, or, with -1, those of the flow. They are short, and claim nothing but a worker. */
  hookBucket(node: number, runClass: RunClass): Bucket {
    return this.makeBucket(node, runClass, NO_CLAIMS);
  }

  /** One bucket for all nodes that have the same priority and claim the same. */
  makeBucket(node: number, runClass: RunClass, claims: readonly Claim[]): Bucket {
    const spec = this.spec.nodes[node];
    const priority = this.spec.policies.priority + (spec?.kind === "task" ? spec.policies.priority : 0);
    const key = `${runClass} ${priority}\n${claimsKey(claims)}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const bucket = new Bucket({ flow: this.spec.name, class: runClass, priority, claims });
    this.#known.set(key, bucket);
    return bucket;
  }
}
