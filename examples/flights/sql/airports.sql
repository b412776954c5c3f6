SELECT * EXCLUDE (country)
FROM airport_traffic
ORDER BY departures DESC, iata;
