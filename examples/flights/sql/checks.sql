-- One row for each thing that must hold. `found` counts what does not; more than `allowed` fails the check.

SELECT
  'flights are there' AS check_name,
  (count(*) = 0)::INTEGER AS found,
  0 AS allowed
FROM flights

UNION ALL
SELECT 'rows add up: read = loaded + rejected + doubled', abs(:read - :rejected - count(*))::INTEGER, 1000
FROM flights

UNION ALL
SELECT 'every origin is a known airport', count(*)::INTEGER, 500
FROM flights ANTI JOIN airports ON airports.iata = flights.origin

UNION ALL
SELECT 'every destination is a known airport', count(*)::INTEGER, 500
FROM flights ANTI JOIN airports ON airports.iata = flights.destination

UNION ALL
SELECT 'a route has one distance', count(*)::INTEGER, 0
FROM (SELECT origin, destination FROM flights GROUP BY ALL HAVING count(DISTINCT distance) > 1)

UNION ALL
SELECT 'distances are those between the coordinates, within 5 %', count(*)::INTEGER, 0
FROM routes
JOIN airports AS a ON a.iata = origin
JOIN airports AS b ON b.iata = destination
WHERE abs(miles / (3958.8 * 2 * asin(sqrt(
  sin(radians(b.latitude - a.latitude) / 2) ** 2
  + cos(radians(a.latitude)) * cos(radians(b.latitude)) * sin(radians(b.longitude - a.longitude) / 2) ** 2
))) - 1) > 0.05

UNION ALL
SELECT 'no day is missing', (date_diff('day', min(day), max(day)) + 1 - count(*))::INTEGER, 0
FROM daily;
