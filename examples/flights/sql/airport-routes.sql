-- The destinations with the largest share of late flights, among those with a flight a day.
SELECT destination, city, flights, late_share
FROM routes
JOIN airports ON airports.iata = routes.destination
WHERE origin = :iata AND flights >= 181
ORDER BY late_share DESC, destination
LIMIT 3;
