import type { VersionId } from "../ids.ts";
import type { FlowSpec } from "../spec/flow-spec.ts";
import type { EncodedText } from "../value/encoded.ts";

/**
 * Users' definition functions, asked from outside: they run in a child process, one per version, never in the control
 * plane. Answers are stored as data by whoever asked.
 */
export interface Definitions {
  /** The flows of a stored version. Throws `UNKNOWN_VERSION`. */
  flows(version: VersionId): Promise<VersionManifest>;
  /** Checks and completes parameters with the flow's schema. Throws `INVALID_PARAMS` naming each field. */
  parseParams(version: VersionId, flow: string, params: EncodedText): Promise<ParsedParams>;
  /** The author's cache key of a task, from its assembled input. */
  cacheKey(call: CacheKeyCall): Promise<string>;
  /**
   * The parameters of the run that events of a trigger make, before the flow's schema. Throws `INVALID_PARAMS` naming
   * each field of an event that does not fit what the trigger's author expects.
   */
  eventParams(call: EventParamsCall): Promise<EncodedText>;
  /** The first tick of a custom schedule after an instant, or null when there is none any more. */
  nextTick(call: NextTickCall): Promise<number | null>;
}

/** Names a schedule or a trigger of a flow of a version. */
export interface TriggerCall {
  readonly version: VersionId;
  readonly flow: string;
  readonly trigger: string;
}

export interface EventParamsCall extends TriggerCall {
  /** Of the events that make one run together, the oldest first. At least one. */
  readonly payloads: readonly EncodedText[];
}

export interface NextTickCall {
  readonly version: VersionId;
  readonly flow: string;
  readonly schedule: string;
  readonly afterMs: number;
}

export interface CacheKeyCall {
  readonly version: VersionId;
  readonly flow: string;
  readonly node: number;
  readonly input: EncodedText;
}

export interface ParsedParams {
  readonly params: EncodedText;
  /** The author's `concurrency.key`, where the flow has one. */
  readonly concurrencyKey: string | null;
  /** What each key function of the flow's tasks gave, in their order. Left out where there are none. */
  readonly taskKeys?: readonly string[];
}

/** What a version says about its flows. */
export interface VersionManifest {
  readonly flows: readonly VersionFlow[];
}

export interface VersionFlow {
  readonly spec: FlowSpec;
  /** Hash of the flow's own code with all it imports from the project: part of cache keys. */
  readonly codeHash: string;
  /** The bundle's module, relative to the version's folder. */
  readonly entry: string;
}
