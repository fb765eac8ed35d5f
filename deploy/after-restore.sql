-- For a database that may lack what was committed last, before a gateway starts on it: restore.sh runs it.
-- Source: docs/operations.md, "Backup".
begin;
-- These files may have been uploaded since: the report decides, and nothing is sent again by itself.
update batches set state = 'unknown', unknown_since = now(), lease_until = null where state in ('sealed', 'submitting');
update applications set state = 'unknown', updated_at = now() where state in ('batched', 'submitting');
-- Positions that were given since go to no other events: receivers of webhooks may know them.
update event_head set top = top + 1000000;
commit;
