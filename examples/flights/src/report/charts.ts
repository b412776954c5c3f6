import type { Day, Hour } from "../figures.ts";
import { html, integer, type Markup, percent, shortDay } from "./markup.ts";

/** Where the colours of late shares begin and end: nearly all airports and days lie between. */
const SCALE = { from: 0.08, to: 0.38 };

/** The colour of a share of late flights, mixed from the page's own two, so that it fits light and dark. */
export function lateColour(share: number): string {
  const position = Math.min(1, Math.max(0, (share - SCALE.from) / (SCALE.to - SCALE.from)));
  return `color-mix(in oklab, var(--late) ${Math.round(position * 100)}%, var(--on-time))`;
}

export function colourLegend(): Markup {
  const stops = [0.08, 0.14, 0.2, 0.26, 0.32, 0.38];
  return html`<p class="legend" aria-hidden="true">
    <span>${percent(SCALE.from)} late</span>
    ${stops.map((share) => html`<i style="background: ${lateColour(share)}"></i>`)}
    <span>${percent(SCALE.to)}</span>
  </p>`;
}

/** A column for each day: its height and its colour are the share of late flights. */
export function dailyChart(days: readonly Day[]): Markup {
  const width = 925;
  const height = 180;
  const step = width / days.length;
  const highest = Math.max(...days.map((day) => day.late_share));
  const y = (share: number): number => height - (share / highest) * (height - 24);
  const worst = days.toSorted((one, other) => other.late_share - one.late_share).slice(0, 1);
  return html`<svg viewBox="0 0 960 ${height + 22}" role="img" aria-label="Share of late flights by day">
    ${[0.1, 0.2, 0.3, 0.4].map((share) => gridLine(share, { y: y(share), width }))}
    ${days.map((day, index) => dayColumn(day, { x: index * step, y: y(day.late_share), width: step, height }))}
    ${days.map((day, index) => (day.day.endsWith("-01") ? monthName(day.day, index * step, height) : ""))}
    ${worst.map((day) => calloutAt(day, days.indexOf(day) * step, y(day.late_share)))}
  </svg>`;
}

function gridLine(share: number, { y, width }: { y: number; width: number }): Markup {
  return html`<line class="grid" x1="0" x2="${width}" y1="${y.toFixed(1)}" y2="${y.toFixed(1)}"></line>
    <text class="axis end" x="960" y="${(y + 4).toFixed(1)}">${percent(share)}</text>`;
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

function dayColumn(day: Day, box: Box): Markup {
  return html`<rect x="${box.x.toFixed(1)}" y="${box.y.toFixed(1)}" width="${(box.width - 1).toFixed(1)}"
    height="${(box.height - box.y).toFixed(1)}" rx="1" style="fill: ${lateColour(day.late_share)}"
    ><title>${shortDay(day.day)}: ${percent(day.late_share, 1)} of ${integer(day.flights)} flights late</title></rect>`;
}

function monthName(day: string, x: number, height: number): Markup {
  const name = new Date(day).toLocaleDateString("en-GB", { month: "long", timeZone: "UTC" });
  return html`<text class="axis" x="${x.toFixed(1)}" y="${height + 17}">${name}</text>`;
}

function calloutAt(day: Day, x: number, y: number): Markup {
  return html`<text class="callout" x="${(x + 10).toFixed(1)}" y="${(y + 4).toFixed(1)}"
    >${shortDay(day.day)}: ${percent(day.late_share)}</text>`;
}

/** The share of late flights by hour of departure, for a card. Hours with hardly a flight are left blank. */
export function hourChart(hours: readonly Hour[]): Markup {
  const width = 240;
  const height = 56;
  const step = width / 24;
  const most = Math.max(...hours.map((hour) => hour.flights));
  const shown = hours.filter((hour) => hour.flights > most / 50);
  return html`<svg viewBox="0 0 ${width} ${height + 14}" role="img" aria-label="Share of late flights by hour">
    <line class="grid" x1="0" x2="${width}" y1="${height}" y2="${height}"></line>
    ${shown.map(({ hour, flights, late }) => {
      const share = late / flights;
      const top = height - Math.min(1, share / 0.5) * height;
      return html`<rect x="${(hour * step).toFixed(1)}" y="${top.toFixed(1)}" width="${(step - 1.5).toFixed(1)}"
        height="${(height - top).toFixed(1)}" rx="1" style="fill: ${lateColour(share)}"
        ><title>${hour}:00: ${percent(share)} of ${integer(flights)} flights late</title></rect>`;
    })}
    ${[6, 12, 18].map((hour) => html`<text class="axis middle" x="${hour * step}" y="${height + 12}">${hour}:00</text>`)}
  </svg>`;
}
