import {
  type CacheKeyCall,
  type Definitions,
  decode,
  type EncodedText,
  type EventParamsCall,
  encode,
  MillraceError,
  type NextTickCall,
  type ParsedParams,
  type VersionId,
  type VersionManifest,
} from "@millrace/core";
import { type FlowDefinition, formatIssues } from "@millrace/sdk";

/** The version under which the flows of a test are known. */
export const TEST_VERSION = "0".repeat(64) as VersionId;

/** Definition functions called in this process: in a test, the user's code and ours may meet. */
export class FlowDefinitions implements Definitions {
  readonly #flows: ReadonlyMap<string, FlowDefinition>;

  constructor(flows: readonly FlowDefinition[]) {
    this.#flows = new Map(flows.map((flow) => [flow.spec.name, flow]));
  }

  find(flow: string): FlowDefinition {
    const found = this.#flows.get(flow);
    if (found !== undefined) return found;
    throw new MillraceError("UNKNOWN_FLOW", `the test does not know a flow called ${flow}`, {
      hint: "Hand it in: testFlow(flow).withFlows(other).",
    });
  }

  async flows(): Promise<VersionManifest> {
    const flows = [...this.#flows.values()];
    return { flows: flows.map(({ spec }) => ({ spec, codeHash: spec.name, entry: spec.name })) };
  }

  async parseParams(_version: VersionId, flow: string, params: EncodedText): Promise<ParsedParams> {
    const definition = this.find(flow);
    const parsed = await definition.parseParams(decode(params));
    if (!parsed.ok) {
      throw new MillraceError("INVALID_PARAMS", `parameters of ${flow}: ${formatIssues(parsed.issues)}`, {
        issues: parsed.issues,
      });
    }
    const taskKeys = definition.taskKeys?.(parsed.value);
    return {
      params: encode(parsed.value),
      concurrencyKey: definition.concurrencyKey?.(parsed.value) ?? null,
      ...(taskKeys === undefined ? {} : { taskKeys }),
    };
  }

  async cacheKey({ flow, node, input }: CacheKeyCall): Promise<string> {
    return this.find(flow).handlers[node]?.cacheKey?.(decode(input)) ?? "";
  }

  async eventParams({ flow, trigger, payloads }: EventParamsCall): Promise<EncodedText> {
    const given = await this.find(flow).triggers?.[trigger]?.eventParams(payloads.map((payload) => decode(payload)));
    if (given?.ok === true) return encode(given.value);
    const issues = given?.issues ?? [{ path: [], message: "there is no such trigger" }];
    throw new MillraceError("INVALID_PARAMS", `events of ${trigger} of ${flow}: ${formatIssues(issues)}`, { issues });
  }

  async nextTick({ flow, schedule, afterMs }: NextTickCall): Promise<number | null> {
    return (await this.find(flow).schedules?.[schedule]?.nextTick(afterMs)) ?? null;
  }
}
