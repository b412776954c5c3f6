import type { Entry, Scoreboard } from "./entry.ts";

const HEAD = `<!-- Made by \`npm run scoreboard\` from scoreboard.json. Do not edit. -->

# The scoreboard

Each row is a test that prints its figure. \`npm run scoreboard\` runs all of them in a size of a few minutes, with \`--full\`
in the size of their goals, with \`--row R7\` one of them, and writes this page. The command under a row does the same again,
with the same seed.
`;

/** The page for people. */
export function scoreboardPage({ machine, rows }: Scoreboard): string {
  const reached = rows.filter((row) => row.reached).length;
  const titles = [...new Map(rows.map((row) => [row.id, row])).values()];
  return [
    HEAD,
    `${reached} of ${rows.length} reach their goal. Last on ${machine.cores} cores (${machine.processor}), Node ${machine.node}.`,
    "",
    "| row | store | reached | figure | size | seed |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows.map(lineOf),
    "",
    ...titles.flatMap(({ id }) => chapterOf(rows.filter((row) => row.id === id))),
  ].join("\n");
}

function lineOf({ id, store, reached, figure, full, seed }: Entry): string {
  const cells = [`[${id}](#${id.toLowerCase()})`, store, reached ? "yes" : "**no**", cell(figure), sizeOf(full), seed];
  return `| ${cells.join(" | ")} |`;
}

function sizeOf(full: boolean): string {
  return full ? "full" : "small";
}

function chapterOf(entries: readonly Entry[]): readonly string[] {
  const [first] = entries;
  if (first === undefined) return [];
  return [
    `## ${first.id}`,
    "",
    `${first.title}. Goal: ${first.goal}.`,
    "",
    ...entries.map(
      ({ store, date, commit, seconds, replay }) =>
        `- ${store}: ${date.slice(0, 10)}, commit ${commit}, ${seconds.toFixed(0)} s; \`${replay}\``,
    ),
    "",
  ];
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
