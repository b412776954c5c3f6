-- Where an attempt ran: JSON, [process id, machine, worker]. Null where nobody knew, and until it has ended.
alter table attempt add column place text;
