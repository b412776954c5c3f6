import { expect, test } from "vitest";
import {
  decode,
  encode,
  type FlowFinishedSpec,
  plainEventParams,
  type SensorSpec,
  type TriggerSpec,
  type WebhookSpec,
} from "../../src/index.ts";

const BASE = { name: "one", gather: null, maps: false, place: null } as const;
const WEBHOOK: WebhookSpec = { ...BASE, kind: "webhook", secretVariable: null, toleranceMs: 1, maxBodyBytes: 1 };
const SENSOR: SensorSpec = { ...BASE, kind: "sensor", everyMs: 1, timeoutMs: 1 };
const FINISHED: FlowFinishedSpec = { ...BASE, kind: "flow_finished", flow: "other", states: ["success"] };
const BATCH = { kind: "batch", max: 9, withinMs: 1 } as const;

function params(spec: TriggerSpec, ...events: readonly unknown[]): unknown {
  return decode(
    plainEventParams(
      spec,
      events.map((each) => encode(each)),
    ),
  );
}

test("a sensor's events are the parameters, a webhook's body is; the last counts", () => {
  expect(params(SENSOR, { n: 1 }, { n: 2 })).toEqual({ n: 2 });
  expect(params(WEBHOOK, { body: { n: 1 }, headers: { a: "b" } })).toEqual({ n: 1 });
  expect(params(WEBHOOK, { body: undefined, headers: {} })).toEqual({});
});

test("of a batch all are told", () => {
  expect(params({ ...SENSOR, gather: BATCH }, 1, 2)).toEqual({ events: [1, 2] });
  const bodies = [1, 2].map((body) => ({ body, headers: {} }));
  expect(params({ ...WEBHOOK, gather: BATCH }, ...bodies)).toEqual({ events: [1, 2] });
});

test("files and ends of flows give nothing by themselves", () => {
  expect(params({ ...SENSOR, kind: "file" }, { path: "a" })).toEqual({});
  expect(params(FINISHED, { run: "01RUN" })).toEqual({});
});
