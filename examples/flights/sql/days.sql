SELECT day::VARCHAR AS day, flights, late_share
FROM daily
ORDER BY day;
