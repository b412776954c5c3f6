-- The tables that the report asks. A flight is late when it lands 15 minutes or more after its time, as the Bureau of
-- Transportation Statistics counts it.

CREATE OR REPLACE TABLE airport_traffic AS
SELECT
  airports.*,
  count(*)::INTEGER AS departures,
  round(avg(delay), 1) AS mean_delay,
  median(delay)::INTEGER AS median_delay,
  round(avg((delay >= 15)::INTEGER), 4) AS late_share
FROM flights
JOIN airports ON airports.iata = flights.origin
GROUP BY ALL;

CREATE OR REPLACE TABLE daily AS
SELECT
  departed_at::DATE AS day,
  count(*)::INTEGER AS flights,
  round(avg((delay >= 15)::INTEGER), 4) AS late_share
FROM flights
GROUP BY ALL;

CREATE OR REPLACE TABLE hourly AS
SELECT
  origin,
  hour(departed_at)::INTEGER AS hour,
  count(*)::INTEGER AS flights,
  sum((delay >= 15)::INTEGER)::INTEGER AS late
FROM flights
GROUP BY ALL;

CREATE OR REPLACE TABLE routes AS
SELECT
  origin,
  destination,
  any_value(distance)::INTEGER AS miles,
  count(*)::INTEGER AS flights,
  round(avg((delay >= 15)::INTEGER), 4) AS late_share
FROM flights
GROUP BY ALL;
