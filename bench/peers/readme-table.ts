// Puts the newest kept results between two markers of a document, so that they are quoted and never typed.
import { newestResults, type Results } from "./results.ts";
import { comparison } from "./table.ts";

const BEGIN = "<!-- bench/peers -->";
const END = "<!-- /bench/peers -->";

/** The document with the comparison as it was measured last; a document without the markers stays as it is. */
export function withPeers(text: string, results = newestResults()): string {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 && end < 0) return text;
  if (begin < 0 || end < begin) throw new Error(`${BEGIN} and ${END} must both be there, in this order`);
  return `${text.slice(0, begin + BEGIN.length)}\n${quoted(results)}\n${text.slice(end)}`;
}

function quoted(results: Results | undefined): string {
  if (results === undefined) return "Not measured yet: `npm run -s bench -- peers`.";
  const { date, machine } = results;
  return `Measured on ${date}, one after the other on one machine (${machine}): medians from the request for a run to the end of
its last task, and in brackets how many times as long as the first row of the table.
[What was measured, with versions and settings](bench/peers/results/${date}.md).

${comparison(results)}`;
}
