-- When a source last brought something new: the ledger forgets sooner than a source may be silent.
ALTER TABLE source ADD COLUMN news_at INTEGER;
UPDATE source SET news_at =
    (SELECT max(finished_at) FROM poll WHERE poll.source = source.id AND items_new > 0);
