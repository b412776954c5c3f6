-- How many runs of a backfill are under way at once, where somebody has said so since it was asked for. What was asked
-- stands as it was.
alter table backfill add column at_once integer;
