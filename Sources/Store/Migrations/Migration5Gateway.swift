extension Migration {
  /// Keys that the gateway has given out, and what came through it. A call's words are kept with its turn and response but not
  /// searched: programs call a thousand times more than people ask.
  static let gateway = Migration(
    "5 the gateway",
    sql: """
      ALTER TABLE turn ADD COLUMN gateway_key TEXT;    -- which key it came with; NULL: none
      ALTER TABLE turn ADD COLUMN route TEXT;          -- JSON: what was asked for, what was chosen and why

      CREATE TABLE gateway_key (
        id TEXT PRIMARY KEY NOT NULL,
        name TEXT NOT NULL,
        created INTEGER NOT NULL,
        hash TEXT NOT NULL UNIQUE,                     -- SHA-256 of the key: the key itself is nowhere
        budget INTEGER,                                -- pico-dollars in each period
        period TEXT,                                   -- day, month
        routes TEXT,                                   -- JSON array of what it may ask for; NULL: everything
        rpm INTEGER,                                   -- requests a minute
        store TEXT NOT NULL DEFAULT 'full',            -- full, metadata, none
        revoked INTEGER
      );
      CREATE UNIQUE INDEX gateway_key_name ON gateway_key(name) WHERE revoked IS NULL;

      -- Calls that are being sent: one small row each, gone as soon as the call's own rows stand. Whoever finds one of a dead
      -- process makes those rows.
      CREATE TABLE announcement (
        session TEXT PRIMARY KEY NOT NULL,
        writer TEXT NOT NULL,
        document TEXT NOT NULL                         -- JSON, see Announcement
      ) WITHOUT ROWID;

      -- What each key has spent, told apart from the calls: a key may keep none of them.
      CREATE TABLE gateway_spending (
        key TEXT NOT NULL,
        day INTEGER NOT NULL,                          -- days since 1970, UTC
        cost INTEGER NOT NULL,                         -- pico-dollars
        calls INTEGER NOT NULL,
        PRIMARY KEY (key, day)
      ) WITHOUT ROWID;

      -- Covered by response_ledger and by summary.
      DROP INDEX response_created;
      DROP INDEX session_created;

      -- As in Schema.history, but what is not searched is told apart once, not by every statement.
      DROP TRIGGER turn_added;
      CREATE TRIGGER turn_added AFTER INSERT ON turn BEGIN
        -- Whoever goes on with a session that another process has deleted takes it back.
        UPDATE summary SET turns = turns + 1, winner = NULL, deleted = NULL,
          tags = CASE WHEN NEW.tags IN ('[]', tags) THEN tags WHEN tags = '[]' THEN NEW.tags ELSE
            (SELECT json_group_array(value) FROM
              (SELECT value FROM json_each(summary.tags) UNION SELECT value FROM json_each(NEW.tags))) END
        WHERE session = NEW.session;
      END;
      CREATE TRIGGER turn_listed AFTER INSERT ON turn
      WHEN (SELECT purpose FROM session WHERE id = NEW.session) NOT IN ('judge', 'brief', 'probe', 'gateway') BEGIN
        INSERT INTO document (session, turn) VALUES (NEW.session, NEW.number);
        INSERT INTO search (rowid, prompt) SELECT id, NEW.prompt FROM document
          WHERE session = NEW.session AND turn = NEW.number AND response = 0;
      END;
      DROP TRIGGER response_added;
      CREATE TRIGGER response_added AFTER INSERT ON response BEGIN
        UPDATE summary SET calls = calls + 1, open = open + (NEW.finished IS NULL), deleted = NULL,
          cost = cost + COALESCE(NEW.cost, 0),
          unknown = unknown + (NEW.finished IS NOT NULL AND NEW.cost IS NULL),
          models = CASE WHEN instr(models, ' ' || NEW.provider || '/' || NEW.model || ' ') THEN models
            ELSE models || NEW.provider || '/' || NEW.model || ' ' END,
          states = CASE WHEN NEW.finished IS NULL OR instr(states, ' ' || NEW.state || ' ') THEN states
            ELSE states || NEW.state || ' ' END
        WHERE session = NEW.session;
      END;
      CREATE TRIGGER response_listed AFTER INSERT ON response
      WHEN (SELECT purpose FROM session WHERE id = NEW.session) NOT IN ('judge', 'brief', 'probe', 'gateway') BEGIN
        INSERT OR REPLACE INTO used_model (provider, model, last) VALUES (NEW.provider, NEW.model, NEW.id);
        INSERT INTO document (session, turn, response)
          SELECT NEW.session, NEW.turn, NEW.id WHERE NEW.finished IS NOT NULL;
        INSERT INTO search (rowid, answer, reasoning)
          SELECT id, NEW.text, NEW.reasoning FROM document
          WHERE session = NEW.session AND turn = NEW.turn AND response = NEW.id;
      END;
      DROP TRIGGER response_finished;
      CREATE TRIGGER response_finished AFTER UPDATE OF finished ON response
      WHEN NEW.finished IS NOT NULL AND OLD.finished IS NULL BEGIN
        UPDATE summary SET open = open - 1, unknown = unknown + (NEW.cost IS NULL),
          states = CASE WHEN instr(states, ' ' || NEW.state || ' ') THEN states ELSE states || NEW.state || ' ' END
        WHERE session = NEW.session;
      END;
      CREATE TRIGGER response_found AFTER UPDATE OF finished ON response
      WHEN NEW.finished IS NOT NULL AND OLD.finished IS NULL
        AND (SELECT purpose FROM session WHERE id = NEW.session) NOT IN ('judge', 'brief', 'probe', 'gateway') BEGIN
        INSERT INTO document (session, turn, response) VALUES (NEW.session, NEW.turn, NEW.id);
        INSERT INTO search (rowid, answer, reasoning)
          SELECT id, NEW.text, NEW.reasoning FROM document
          WHERE session = NEW.session AND turn = NEW.turn AND response = NEW.id;
      END;
      """)
}
