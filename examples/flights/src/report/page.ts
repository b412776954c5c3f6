import type { Check, CityMonth, Figures } from "../figures.ts";
import type { Rejects } from "../quality.ts";
import { colourLegend, dailyChart } from "./charts.ts";
import { html, integer, Markup, percent } from "./markup.ts";
import { STYLE } from "./style.ts";

/** What a page is made of. */
export interface PageParts {
  figures: Figures;
  map: Markup;
  /** The airports' cards, as markup. */
  cards: readonly string[];
  checks: readonly Check[];
  rejects: Rejects;
  /** Who made it, for the foot of the page. */
  run: string;
}

/** The report as one file of HTML that needs nothing else. */
export function reportPage({ figures, map, cards, checks, rejects, run }: PageParts): string {
  return html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Half a year in the air</title>
<style>${new Markup(STYLE)}</style>
<header>
  <h1>Half a year in the air</h1>
  <p>Domestic flights of the United States from January to June 2001, as their carriers reported them, and how late they
  landed. Late means 15 minutes or more after the time, as the Bureau of Transportation Statistics counts.</p>
  ${headline(figures, rejects)}
</header>
<section>
  <h2>Where</h2>
  <p>The area of an airport is its departures, the colour the share of them that landed late.</p>
  ${colourLegend()}
  ${map}
</section>
<section>
  <h2>When</h2>
  <p>The share of late flights on each day.</p>
  ${dailyChart(figures.days)}
</section>
<section>
  <h2>The ${cards.length} busiest airports, by hour of departure</h2>
  <p>Lateness builds up over the day, and is gone the next morning. Who leaves after midnight is late already.</p>
  <div class="cards">${cards.map((card) => new Markup(card))}</div>
</section>
${weatherSection(figures.cities)}
${qualitySection(checks, rejects)}
<footer>Made by Millrace in run <code>${run}</code> from the files of the npm package vega-datasets: flights-3m.parquet,
airports.csv, weather.csv and us-10m.json.</footer>
</html>
`.text;
}

function headline({ airports, days }: Figures, rejects: Rejects): Markup {
  const flights = days.reduce((sum, day) => sum + day.flights, 0);
  const late = days.reduce((sum, day) => sum + day.flights * day.late_share, 0);
  const figures: [string, string][] = [
    ["flights", integer(flights)],
    ["airports", integer(airports.length)],
    ["landed late", percent(late / flights, 1)],
    ["rows kept aside", integer(rejects.rejected.length)],
  ];
  return html`<dl class="figures">${figures.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

const MONTHS = ["January", "February", "March", "April", "May", "June"];

function weatherSection(cities: readonly CityMonth[]): Markup {
  const names = [...new Set(cities.map(({ city }) => city))];
  const cell = (city: string, month: number): Markup => {
    const found = cities.find((one) => one.city === city && one.month === month);
    if (found === undefined) return html`<td></td><td></td>`;
    return html`<td class="number">${found.wet_days.toFixed(1)}</td><td class="number">${percent(found.late_share, 1)}</td>`;
  };
  return html`<section>
  <h2>Rain and lateness</h2>
  <p>Wet days in an average month, from the weather of 2012 to 2015, beside the late departures of 2001. The years
  differ, so this shows two climates and proves no cause.</p>
  <table>
    <tr><th></th>${names.map((city) => html`<th class="number">${city}, wet days</th><th class="number">late</th>`)}</tr>
    ${MONTHS.map((name, index) => html`<tr><td>${name}</td>${names.map((city) => cell(city, index + 1))}</tr>`)}
  </table>
</section>`;
}

function qualitySection(checks: readonly Check[], { flights, rejected }: Rejects): Markup {
  return html`<section>
  <h2>What was checked</h2>
  <p>${integer(flights.read)} flights were read and ${integer(rejected.length)} rows of all files kept aside.</p>
  <table>
    <tr><th>Check</th><th class="number">found</th><th class="number">allowed</th><th></th></tr>
    ${checks.map(
      ({ check_name, found, allowed }) => html`<tr><td>${check_name}</td><td class="number">${integer(found)}</td>
      <td class="number">${integer(allowed)}</td><td class="${found <= allowed ? "good" : "bad"}">${found <= allowed ? "passed" : "failed"}</td></tr>`,
    )}
  </table>
  <details>
    <summary>The rows that were kept aside, and why</summary>
    <table>
      <tr><th>Source</th><th class="number">row</th><th>reason</th><th>record</th></tr>
      ${rejected.map(
        ({ source, row, reason, record }) =>
          html`<tr><td>${source}</td><td class="number">${row}</td><td>${reason}</td><td><code>${record}</code></td></tr>`,
      )}
    </table>
  </details>
</section>`;
}
