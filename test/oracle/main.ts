/**
 * `npm run -s oracle`: compares the ticks of cron expressions with what looking at every minute of the wall clock finds.
 *
 *   --full          all IANA zones and ten years, which takes a while; else a fixed sample.
 *   --zone <name>   only this zone; may be given several times.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { compare } from "./compare.ts";
import { EXPRESSIONS } from "./expressions.ts";
import { FULL_RANGE, SAMPLE_RANGE, SAMPLE_ZONES } from "./sample.ts";

const { values: options } = parseArgs({
  options: { full: { type: "boolean", default: false }, zone: { type: "string", multiple: true, default: [] } },
});
const zones = options.full ? Intl.supportedValuesOf("timeZone") : SAMPLE_ZONES;
const startedAt = performance.now();
const result = compare({
  zones: options.zone.length > 0 ? options.zone : zones,
  expressions: EXPRESSIONS,
  range: options.full ? FULL_RANGE : SAMPLE_RANGE,
  onClock: (done, of) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${of} clocks`);
  },
});
for (const difference of result.differences) process.stdout.write(`${difference}\n`);
const { clocks, compared, differing } = result;
const figure = new Intl.NumberFormat("en-US");
process.stdout.write(
  `${figure.format(differing)} differences in ${figure.format(compared)} comparisons: ${EXPRESSIONS.length} expressions, ` +
    `${result.zones} zones with ${clocks} clocks, ${Math.round((performance.now() - startedAt) / 1_000)} s\n`,
);
process.exitCode = differing === 0 ? 0 : 1;
