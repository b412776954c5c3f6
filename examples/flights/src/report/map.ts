import { readFile } from "node:fs/promises";
import { geoAlbersUsa, geoPath } from "d3-geo";
import { mesh } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import type { AirportTraffic } from "../figures.ts";
import { lateColour } from "./charts.ts";
import { html, integer, type Markup, percent } from "./markup.ts";

const WIDTH = 960;
const HEIGHT = 560;

type UnitedStates = Topology<{ states: GeometryCollection; land: GeometryCollection }>;

/** The airports on a map of the states: the area of a dot is its departures, the colour its share of late flights. */
export async function airportMap(statesFile: string, airports: readonly AirportTraffic[]): Promise<Markup> {
  const states = JSON.parse(await readFile(statesFile, "utf8")) as UnitedStates;
  const projection = geoAlbersUsa().fitSize([WIDTH, HEIGHT], mesh(states, states.objects.states));
  const draw = geoPath(projection).digits(1);
  const borders = draw(mesh(states, states.objects.states, (one, other) => one !== other)) ?? "";
  const coast = draw(mesh(states, states.objects.states, (one, other) => one === other)) ?? "";
  const most = Math.max(...airports.map((airport) => airport.departures));
  const dots = airports
    .toSorted((one, other) => other.departures - one.departures)
    .flatMap((airport) => {
      const place = projection([airport.longitude, airport.latitude]);
      return place === null ? [] : [{ airport, place, radius: 2 + 17 * Math.sqrt(airport.departures / most) }];
    });
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Map of the airports and their late flights">
    <path class="coast" d="${coast}"></path>
    <path class="borders" d="${borders}"></path>
    ${dots.map(
      ({ airport, place: [x, y], radius }) => html`<circle class="airport" cx="${x.toFixed(1)}" cy="${y.toFixed(1)}"
        r="${radius.toFixed(1)}" style="fill: ${lateColour(airport.late_share)}"
        ><title>${airport.name}, ${airport.city}: ${percent(airport.late_share, 1)} of ${integer(airport.departures)} flights late</title></circle>`,
    )}
    ${dots
      .slice(0, 12)
      .map(
        ({ airport, place: [x, y] }) =>
          html`<text class="code" x="${x.toFixed(1)}" y="${y.toFixed(1)}">${airport.iata}</text>`,
      )}
  </svg>`;
}
