// Results as Markdown. The same tables stand in the page of a run and in the README.
import type { Sample } from "./journal.ts";
import { type Failed, type Measured, median } from "./measure.ts";
import { type Language, WORK, WORKS, type WorkName } from "./peer.ts";
import type { Results, Row } from "./results.ts";

const LANGUAGES: readonly Language[] = ["Python", "TypeScript"];

/** For each language a table of medians from the request for a run to the end of its last task. */
export function comparison(results: Results): string {
  return LANGUAGES.flatMap((language) => {
    const rows = results.rows.filter((row) => row.language === language);
    return rows.length === 0 ? [] : [`Tasks in ${language}:\n\n${comparisonOf(rows)}`];
  }).join("\n\n");
}

function comparisonOf(rows: readonly Row[]): string {
  const base = rows.find(({ ours }) => ours);
  const titles = WORKS.map((work) => WORK[work].title);
  return markdownTable(
    ["", ...titles, "Tasks run in", "A result is durable before the next task"],
    rows.map((row) => [
      row.ours ? `**${row.title}**` : `${row.title} (${numberOf(row.versions[0] ?? "?")})`,
      ...WORKS.map((work) => withRatio(row, base, work)),
      row.tasksRunIn,
      row.durable,
    ]),
  );
}

function withRatio(row: Row, base: Row | undefined, work: WorkName): string {
  const own = medianOf(row.works[work], "toLastMs");
  if (own === undefined) return "not run";
  const of = medianOf(base?.works[work], "toLastMs");
  if (row === base || of === undefined) return seconds(own);
  return `${seconds(own)} (${ratio(own / of)})`;
}

/** The whole page of a run. */
export function page(results: Results): string {
  const { date, machine, loadBefore, options, remarks = [] } = results;
  return `# Peers, ${date}

Made by \`npm run -s bench -- peers\`. What is compared, and how to read it: [bench/peers](../README.md).

- Machine: ${machine}. Its load before the first peer: ${loadBefore.toFixed(2)}.
- Each work ran once to warm up (the first run after the start of all processes) and then up to ${options.repetitions} times, less often when
  these together took more than ${options.budgetS} s. Shown are medians, and in brackets how many times as long as the first row of the table.
- A run that took more than ${options.limitS} s was given up.${remarks.map((remark) => `\n- ${remark}`).join("")}

## From the request for a run to the end of its last task

${comparison(results)}

## The same, in its parts

Medians of the warm runs; lowest and highest in brackets; and the first run.

${parts(results.rows)}

## Versions and settings

${results.rows.map(setup).join("\n")}

## What could not run

${failures(results.rows)}
`;
}

function parts(rows: readonly Row[]): string {
  const lines = rows.flatMap((row) =>
    WORKS.flatMap((work) => {
      const measured = row.works[work];
      if (measured === undefined || "failure" in measured) return [];
      return [[`${row.title}, ${row.language}`, WORK[work].title, ...partsOf(measured)]];
    }),
  );
  const head = ["", "Work", "Runs", "To the first task", "First to last task", "To the last task", "First run"];
  return markdownTable(head, lines);
}

function partsOf({ first, warm }: Measured): string[] {
  const between = (sample: Sample): number => sample.toLastMs - sample.toFirstMs;
  const spread = (values: readonly number[]): string =>
    `${seconds(median(values))} (${seconds(Math.min(...values))} to ${seconds(Math.max(...values))})`;
  return [
    String(warm.length),
    spread(warm.map(({ toFirstMs }) => toFirstMs)),
    spread(warm.map(between)),
    spread(warm.map(({ toLastMs }) => toLastMs)),
    seconds(first.toLastMs),
  ];
}

function setup({ title, language, versions, settings }: Row): string {
  return [`- **${title}, ${language}**: ${versions.join(", ")}`, ...settings.map((setting) => `  - ${setting}`)].join(
    "\n",
  );
}

function failures(rows: readonly Row[]): string {
  const lines = rows.flatMap((row) => [
    ...(row.failure === null ? [] : [`- ${row.title}, ${row.language}: ${row.failure}`]),
    ...WORKS.flatMap((work) => {
      const measured = row.works[work];
      const failed = measured !== undefined && "failure" in measured;
      return failed ? [`- ${row.title}, ${row.language}, ${WORK[work].title}: ${measured.failure}`] : [];
    }),
  ]);
  return lines.length === 0 ? "Everything ran." : lines.join("\n");
}

function medianOf(measured: Measured | Failed | undefined, part: keyof Sample): number | undefined {
  if (measured === undefined || "failure" in measured) return undefined;
  return median(measured.warm.map((sample) => sample[part]));
}

/** Three digits, never more exact than a millisecond. */
function seconds(ms: number): string {
  if (ms < 1_000) return `${(ms / 1_000).toFixed(3)} s`;
  return `${(ms / 1_000).toPrecision(3)} s`;
}

function ratio(value: number): string {
  return `${value >= 100 ? value.toFixed(0) : value.toPrecision(2)}×`;
}

/** `prefect 3.8.8` is 3.8.8. */
function numberOf(version: string): string {
  return version.slice(version.lastIndexOf(" ") + 1);
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
