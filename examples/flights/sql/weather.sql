-- Wet days of an average January, February … (2012 to 2015) beside the late flights of those months in 2001. The years
-- differ, so this shows climate and not cause.
WITH wet AS (
  SELECT location AS city, month(date) AS month, count(*) FILTER (precipitation > 0) / count(DISTINCT year(date)) AS wet_days
  FROM weather
  GROUP BY ALL
),
late AS (
  SELECT
    CASE WHEN origin = 'SEA' THEN 'Seattle' ELSE 'New York' END AS city,
    month(departed_at) AS month,
    avg((delay >= 15)::INTEGER) AS late_share
  FROM flights
  WHERE origin IN ('SEA', 'JFK', 'LGA', 'EWR')
  GROUP BY ALL
)
SELECT city, month::INTEGER AS month, round(wet_days, 1) AS wet_days, round(late_share, 4) AS late_share
FROM wet
JOIN late USING (city, month)
ORDER BY city, month;
