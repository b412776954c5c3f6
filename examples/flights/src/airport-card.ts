import { sql, task, type } from "millrace";
import type { AirportTraffic, Hour, Route } from "./figures.ts";
import { hourChart } from "./report/charts.ts";
import { html, integer, percent } from "./report/markup.ts";

type OfAirport = { iata: string; data: string };

/** When of the day an airport is late. */
export const hoursOf = sql("hours", {
  connection: "warehouse",
  input: type<OfAirport>(),
  row: type<Hour>(),
  file: "../sql/airport-hours.sql",
  cache: true,
});

/** Where from an airport one is late most often. */
export const worstRoutesOf = sql("worst-routes", {
  connection: "warehouse",
  input: type<OfAirport>(),
  row: type<Route>(),
  file: "../sql/airport-routes.sql",
  cache: true,
});

/** An airport's part of the report. */
export const drawCard = task(
  "draw",
  { cache: true },
  ({ airport, hours, routes }: { airport: AirportTraffic; hours: Hour[]; routes: Route[] }): string =>
    html`<article class="card">
      <h3>${airport.iata} <small>${airport.city}, ${airport.state}</small></h3>
      <p><b>${percent(airport.late_share)}</b> late of ${integer(airport.departures)}, median delay ${airport.median_delay} min</p>
      ${hourChart(hours)}
      <p class="routes">Worst to ${routes.map(
        ({ city, late_share }, index) => html`${index > 0 ? ", " : ""}${city} <b>${percent(late_share)}</b>`,
      )}</p>
    </article>`.text,
);
