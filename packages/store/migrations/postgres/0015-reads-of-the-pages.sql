-- A version's runs of one flow are counted in the index, without a look at the version's runs of others or at the flow's of
-- other versions: by either alone, a page of versions walked over most runs there are.
create index run_flow_version on run (flow, version, num);

-- What stands for nothing in time, such as what people start by hand: of a flow that runs each minute a few of very many.
create index run_by_hand on run (flow, num) where scheduled_at is null and slice is null and backfill is null;
