-- Keys as the rules of identity make them: several items may hold one, and whether it tells is judged
-- at each poll. `mark` is a hash of kind and value behind 16 bits of the source, `kind` one of 0 own, 1 guid,
-- 2 link, 3 stripped link, 4 headline and day.
DROP TABLE item_key;
CREATE TABLE item_key (
    mark INTEGER NOT NULL,
    item INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    kind INTEGER NOT NULL,
    PRIMARY KEY (mark, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX item_key_by_item ON item_key (item);

-- The rules that made the keys of a source's items; where they differ from today's, the keys are made
-- anew from the items at the next start.
ALTER TABLE source ADD COLUMN key_rule TEXT;

-- Whether a validator was caught saying "unchanged" of what had changed.
ALTER TABLE source ADD COLUMN etag_lied INTEGER NOT NULL DEFAULT 0;
ALTER TABLE source ADD COLUMN last_modified_lied INTEGER NOT NULL DEFAULT 0;

-- What texts are compared by; null without a text. It outlives the text.
ALTER TABLE item ADD COLUMN text_mark INTEGER;

-- An alert held back because its source seemed to have changed its ids: 'held', then 'sent' or 'dropped'.
ALTER TABLE item ADD COLUMN held TEXT;
CREATE INDEX item_held ON item (source) WHERE held = 'held';

-- The address of what was told, where it names one item among many: the same in every source.
ALTER TABLE alert ADD COLUMN address INTEGER;
CREATE INDEX alert_by_address ON alert (address) WHERE address IS NOT NULL;

-- Other sources in which the article of an alert stands too.
CREATE TABLE alert_also (
    alert     INTEGER NOT NULL REFERENCES alert (id) ON DELETE CASCADE,
    item      INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    publisher TEXT    NOT NULL,
    PRIMARY KEY (alert, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_also_by_item ON alert_also (item);
