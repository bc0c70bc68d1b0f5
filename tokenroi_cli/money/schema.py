"""The tables of the ledger. Calls and events are only ever added to; the rest is kept beside them.

`scopes` and `in_flight` are running folds of the events, changed in the transaction that adds an event.
`alerts` holds which thresholds of which budgets have been told of.
`prices` and `paths` hold what many calls share, so that a million calls stay small.
"""

APPLICATION_ID = 0x746F6B72
"""Written into the file's header: this database is ours."""

_FIRST = (
    "CREATE TABLE prices (id INTEGER PRIMARY KEY, price TEXT NOT NULL UNIQUE)",
    "CREATE TABLE paths (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE)",
    """CREATE TABLE calls (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        at TEXT NOT NULL,
        task TEXT NOT NULL,
        tier TEXT,
        model TEXT NOT NULL,
        effort TEXT,
        reason TEXT NOT NULL,
        session TEXT NOT NULL,
        entry TEXT,
        spec TEXT,
        attempt INTEGER,
        feature TEXT,
        git_branch TEXT,
        retry_of TEXT,
        owner_kind TEXT NOT NULL,
        owner_key TEXT NOT NULL,
        path INTEGER NOT NULL REFERENCES paths,
        price INTEGER NOT NULL REFERENCES prices
    )""",
    "CREATE INDEX calls_by_time ON calls (at)",
    "CREATE INDEX calls_by_session ON calls (session)",
    """CREATE TABLE events (
        number INTEGER PRIMARY KEY,
        call INTEGER NOT NULL REFERENCES calls,
        state TEXT NOT NULL,
        amount INTEGER NOT NULL CHECK (typeof(amount) = 'integer' AND amount >= 0),
        at TEXT NOT NULL,
        fresh INTEGER,
        cache_read INTEGER,
        cache_write_5m INTEGER,
        cache_write_1h INTEGER,
        output INTEGER,
        reasoning INTEGER,
        model TEXT,
        note TEXT NOT NULL
    )""",
    "CREATE INDEX events_of_call ON events (call)",
    """CREATE UNIQUE INDEX one_end_per_call ON events (call)
        WHERE state IN ('settled', 'unknown', 'released')""",
    """CREATE TABLE in_flight (
        call INTEGER PRIMARY KEY REFERENCES calls,
        state TEXT NOT NULL,
        worst INTEGER NOT NULL
    )""",
    """CREATE TABLE scopes (
        kind TEXT NOT NULL,
        key TEXT NOT NULL,
        calls INTEGER NOT NULL DEFAULT 0 CHECK (typeof(calls) = 'integer'),
        settled INTEGER NOT NULL DEFAULT 0 CHECK (typeof(settled) = 'integer'),
        unknown INTEGER NOT NULL DEFAULT 0 CHECK (typeof(unknown) = 'integer'),
        in_flight INTEGER NOT NULL DEFAULT 0 CHECK (typeof(in_flight) = 'integer' AND in_flight >= 0),
        frozen TEXT,
        PRIMARY KEY (kind, key)
    ) WITHOUT ROWID""",
    *(
        f"""CREATE TRIGGER {table}_are_not_{word}d BEFORE {word} ON {table}
            BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"""
        for table in ("calls", "events")
        for word in ("UPDATE", "DELETE")
    ),
)

_SECOND = (
    # An answer's own name, by which a provider's export knows it; and where a later correction is from.
    "ALTER TABLE events ADD COLUMN answer_id TEXT",
    "ALTER TABLE events ADD COLUMN evidence TEXT",
    "DROP INDEX one_end_per_call",
    """CREATE UNIQUE INDEX one_end_per_call ON events (call)
        WHERE state IN ('settled', 'unknown', 'released') AND evidence IS NULL""",
    "CREATE INDEX events_by_answer ON events (answer_id) WHERE answer_id IS NOT NULL",
    "CREATE INDEX calls_by_repeat ON calls (retry_of) WHERE retry_of IS NOT NULL",
    """CREATE TABLE alerts (
        kind TEXT NOT NULL,
        key TEXT NOT NULL,
        cap INTEGER NOT NULL,
        percent INTEGER NOT NULL,
        PRIMARY KEY (kind, key, cap, percent)
    ) WITHOUT ROWID""",
)

MIGRATIONS = (_FIRST, _SECOND)
"""What leads from each version to the next; `user_version` counts them. One that shipped never changes."""
