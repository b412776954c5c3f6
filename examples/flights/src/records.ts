import { z } from "zod";

/** What the flights file says it covers; it is in the package's description of the data. */
const PERIOD = { start: new Date("2001-01-01"), end: new Date("2001-06-30T23:59:59.999Z") };

const airportCode = z.string().regex(/^[A-Z0-9]{3}$/, "is no three-letter code");
/** The airports file writes NA where it does not know. */
const known = z.string().refine((text) => text !== "NA", "is not known");

/** A flight as the file has it. `row` is its position there, by which it can be found again. */
export const Flight = z
  .object({
    row: z.int(),
    date: z.date().min(PERIOD.start, "is before the period").max(PERIOD.end, "is after the period"),
    delay: z
      .int()
      .min(-120, "is more than two hours early")
      .max(24 * 60, "is more than a day late"),
    distance: z.int().positive(),
    origin: airportCode,
    destination: airportCode,
  })
  .refine((flight) => flight.origin !== flight.destination, { path: ["destination"], error: "is where it came from" });

export type Airport = z.infer<typeof Airport>;
export const Airport = z.object({
  iata: z.string().regex(/^[A-Z0-9]{3,4}$/),
  name: z.string().min(1),
  city: known,
  state: known,
  country: z.literal("USA"),
  latitude: z.coerce.number().min(-90).max(90),
  longitude: z.coerce.number().min(-180).max(180),
});

export type WeatherDay = z.infer<typeof WeatherDay>;
export const WeatherDay = z.object({
  location: z.enum(["Seattle", "New York"]),
  date: z.iso.date(),
  precipitation: z.coerce.number().min(0),
  temp_max: z.coerce.number(),
  temp_min: z.coerce.number(),
  wind: z.coerce.number().min(0),
  weather: z.enum(["drizzle", "rain", "sun", "snow", "fog"]),
});
