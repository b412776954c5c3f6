// The flows of somebody who wants scripts of theirs to run in the browsers of others.

/** Each field that a flow's file can fill, filled with payloads. */
export function hostileFlow(group: string, payloads: readonly string[]): string {
  return `import { approval, cron, flow, sensor, shell, staticPartitions, task, webhook } from "millrace";
import { z } from "zod";

const payloads: string[] = ${JSON.stringify(payloads, null, 2)};
const text = payloads.join("\\n");

const says = task("says", { description: text, docs: text, owner: text, tags: payloads }, (_: {}, { log, report }) => {
  for (const each of payloads) {
    log.info(each, { [each]: each });
    console.log("\\u001b[31m" + each + "\\u001b[0m");
    log.error(new Error(each));
    report.materialization({ asset: each, metadata: { [each]: each } });
    report.check({ check: each, passed: false, asset: each, metadata: { [each]: each } });
  }
  return { text, list: payloads, fields: Object.fromEntries(payloads.map((each) => [each, each])) };
});
const fails = task("fails", ({ at }: { at: number }) => {
  const cause = Object.assign(new TypeError(text), { name: payloads[at], code: payloads[at] });
  throw Object.assign(new Error(text, { cause }), { name: payloads[at], stack: text, hint: text });
});
const runs = shell("runs", { command: "true # " + JSON.stringify(text), description: text });
const asks = approval("asks", { message: text, description: text });
const each = task("each", ({ item }: { item: string }, { log }) => { log.info(item); return item; });

const params = z.object(
  Object.fromEntries(payloads.map((payload) => [payload, z.string().default(payload).describe(payload)])),
);

export const hostile = flow("${group}", {
  description: text,
  docs: text,
  owner: text,
  tags: payloads,
  params,
  schedule: cron("0 6 * * *", { timeZone: "Europe/Zurich" }),
  triggers: [
    webhook({ secret: null, params: () => ({}) }),
    sensor("looks", { every: "1h" }, ({ log }) => {
      log.info(text);
      return { skipReason: text };
    }),
    sensor("breaks", { every: "1h" }, () => {
      throw new Error(text);
    }),
  ],
}, () => {
  says({});
  fails({ at: 0 });
  runs();
  asks();
  each.each(payloads.slice(0, 10), (item) => ({ item }));
});

const part = task("part", (_: {}, { partition, log }) => { log.info(String(partition?.key)); return partition?.key; });
export const parts = flow("${group}-parts", { partitions: staticPartitions(payloads), tags: payloads }, () => {
  part({});
});
`;
}
