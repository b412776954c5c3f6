-- Loads what was validated, in one transaction. Each table is made anew, so loading twice is the same as loading once.

CREATE OR REPLACE TABLE airports AS
SELECT * FROM :airports;

CREATE OR REPLACE TABLE weather AS
SELECT * REPLACE (date::DATE AS date) FROM :weather;

-- Flights come from the file itself, but for those that were rejected. The file has a few of them twice.
CREATE OR REPLACE TABLE flights AS
SELECT DISTINCT
  date AS departed_at,
  delay::SMALLINT AS delay,
  distance::SMALLINT AS distance,
  origin,
  destination
FROM read_parquet(:file, file_row_number = true)
WHERE file_row_number NOT IN (SELECT row FROM :rejected WHERE source = 'flights');

SELECT
  (SELECT count(*) FROM flights)::INTEGER AS flights,
  (SELECT count(*) FROM airports)::INTEGER AS airports,
  (SELECT count(*) FROM weather)::INTEGER AS weather_days;
