-- What people are asked, over all runs. Both indexes hold task runs that wait, or waited, for a person and nothing else: they
-- cost the engine nothing with any other task run, and a page of them does not depend on how many those are. JSON escapes
-- quotes in texts, so what is looked for is found in no message.
create index task_run_asked on task_run (run, node, item)
  where waits_for like '%"kind":"approval"%' and waits_for not like '%"decision":{%';
create index task_run_decided on task_run (run, node, item) where waits_for like '%"decision":{%';
