// The rows that the report is made of, as the SQL files name them.

/** An airport with what departed from it. Late is a flight that lands 15 minutes or more after its time. */
export interface AirportTraffic {
  iata: string;
  name: string;
  city: string;
  state: string;
  latitude: number;
  longitude: number;
  departures: number;
  mean_delay: number;
  median_delay: number;
  late_share: number;
}

export interface Day {
  day: string;
  flights: number;
  late_share: number;
}

/** A month of a city: its rain in 2012 to 2015, and its flights in 2001. */
export interface CityMonth {
  city: string;
  month: number;
  wet_days: number;
  late_share: number;
}

/** An hour of the day at an airport. */
export interface Hour {
  hour: number;
  flights: number;
  late: number;
}

/** A destination from an airport. */
export interface Route {
  destination: string;
  city: string;
  flights: number;
  late_share: number;
}

/** Something that must hold: `found` counts what does not. */
export interface Check {
  check_name: string;
  found: number;
  allowed: number;
}

/** The whole of the figures that the report needs beside the airports' cards. */
export interface Figures {
  airports: AirportTraffic[];
  days: Day[];
  cities: CityMonth[];
}
