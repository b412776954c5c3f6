SELECT hour, flights, late
FROM hourly
WHERE origin = :iata
ORDER BY hour;
