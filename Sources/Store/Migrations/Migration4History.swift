extension Migration {
  /// What lists, searches and the ledger read, kept up by triggers whoever writes the rows: a line of `summary` for each session,
  /// a `document` with its words in `search` for each prompt and each answer that people listed, and `cost`, the one figure
  /// of a response's cost (`Cost.amount`; NULL: unknown).
  static let history = Migration("4 history, receipts", sql: historyObjects + historyFilling) { db in
    try RecordWriter.weighLatest(db)
  }

  private static let historyObjects = """
    ALTER TABLE response ADD COLUMN cost INTEGER;
    ALTER TABLE response ADD COLUMN cost_is_charge INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE response ADD COLUMN cost_lowest INTEGER;
    ALTER TABLE response ADD COLUMN cost_highest INTEGER;
    ALTER TABLE response ADD COLUMN usage_details TEXT;       -- JSON, see Usage.details
    ALTER TABLE response ADD COLUMN sent_after INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE response ADD COLUMN origin TEXT;              -- where it was imported from; NULL: it was asked for here
    ALTER TABLE turn ADD COLUMN disagreement REAL;            -- 0 to 1, see Disagreement; NULL: fewer than two answers
    ALTER TABLE brief ADD COLUMN session TEXT;                -- for whose prompt it was written; NULL: nobody noted it
    UPDATE response SET cost = CASE WHEN cost_status = 'unknown' THEN NULL ELSE COALESCE(cost_reported, cost_computed) END
      WHERE finished IS NOT NULL;

    CREATE TABLE summary (
      session TEXT PRIMARY KEY NOT NULL REFERENCES session(id) ON DELETE CASCADE,
      created INTEGER NOT NULL,
      purpose TEXT NOT NULL,
      turns INTEGER NOT NULL DEFAULT 0,
      calls INTEGER NOT NULL DEFAULT 0,
      open INTEGER NOT NULL DEFAULT 0,           -- calls without an end
      cost INTEGER NOT NULL DEFAULT 0,           -- sum of the known ones
      unknown INTEGER NOT NULL DEFAULT 0,        -- calls whose cost nobody knows
      votes INTEGER NOT NULL DEFAULT 0,
      disagreement REAL NOT NULL DEFAULT 0,      -- the most of its turns
      models TEXT NOT NULL DEFAULT ' ',          -- each once, with a blank on both sides
      states TEXT NOT NULL DEFAULT ' ',          -- so too
      tags TEXT NOT NULL DEFAULT '[]',           -- of all its turns, JSON
      winner TEXT,                               -- the last turn's
      deleted TEXT                               -- by which process, until it ends; then 'emptied'
    );
    CREATE INDEX summary_created ON summary(created);
    CREATE INDEX summary_deleted ON summary(deleted) WHERE deleted IS NOT NULL;
    CREATE INDEX response_ledger ON response(created, provider, model, session, cost_status, cost, cost_wasted, state,
      origin);
    CREATE INDEX turn_created ON turn(created);

    CREATE TABLE used_model (
      provider TEXT NOT NULL,
      model TEXT NOT NULL,
      last INTEGER NOT NULL,                     -- response
      PRIMARY KEY (provider, model)
    ) WITHOUT ROWID;

    CREATE TABLE document (
      id INTEGER PRIMARY KEY,
      session TEXT NOT NULL,
      turn INTEGER NOT NULL,
      response INTEGER NOT NULL DEFAULT 0,       -- 0: the prompt
      UNIQUE (session, turn, response)
    );
    CREATE VIEW document_text AS
      SELECT d.id AS id, t.prompt AS prompt, r.text AS answer, r.reasoning AS reasoning FROM document d
      LEFT JOIN turn t ON d.response = 0 AND t.session = d.session AND t.number = d.turn
      LEFT JOIN response r ON r.id = d.response;
    CREATE VIRTUAL TABLE search USING fts5(
      prompt, answer, reasoning, content='document_text', content_rowid='id', prefix='2 3',
      tokenize='unicode61 remove_diacritics 2');

    CREATE TRIGGER session_added AFTER INSERT ON session BEGIN
      INSERT OR IGNORE INTO summary (session, created, purpose) VALUES (NEW.id, NEW.created, NEW.purpose);
    END;

    CREATE TRIGGER turn_added AFTER INSERT ON turn BEGIN
      -- Whoever goes on with a session that another process has deleted takes it back.
      UPDATE summary SET turns = turns + 1, winner = NULL, deleted = NULL,
        tags = CASE WHEN NEW.tags IN ('[]', tags) THEN tags WHEN tags = '[]' THEN NEW.tags ELSE
          (SELECT json_group_array(value) FROM
            (SELECT value FROM json_each(summary.tags) UNION SELECT value FROM json_each(NEW.tags))) END
      WHERE session = NEW.session;
      INSERT INTO document (session, turn)
        SELECT NEW.session, NEW.number FROM session WHERE id = NEW.session AND purpose NOT IN ('judge', 'brief', 'probe');
      INSERT INTO search (rowid, prompt) SELECT id, NEW.prompt FROM document
        WHERE session = NEW.session AND turn = NEW.number AND response = 0;
    END;
    CREATE TRIGGER turn_changed AFTER UPDATE OF winner ON turn BEGIN
      UPDATE summary SET winner =
          (SELECT r.provider || '/' || r.model FROM response r
           WHERE r.session = NEW.session AND r.turn = NEW.number AND r.lane = NEW.winner ORDER BY r.generation DESC LIMIT 1)
        WHERE session = NEW.session
          AND NEW.number = (SELECT MAX(number) FROM turn WHERE session = NEW.session);
    END;
    -- Tags are changed for all turns at once.
    CREATE TRIGGER turn_tagged AFTER UPDATE OF tags ON turn BEGIN
      UPDATE summary SET tags = NEW.tags WHERE session = NEW.session;
    END;
    CREATE TRIGGER turn_weighed AFTER UPDATE OF disagreement ON turn BEGIN
      UPDATE summary SET disagreement =
        COALESCE((SELECT MAX(disagreement) FROM turn WHERE session = NEW.session), 0) WHERE session = NEW.session;
    END;
    CREATE TRIGGER turn_emptied BEFORE UPDATE OF prompt ON turn BEGIN
      INSERT INTO search (search, rowid, prompt) SELECT 'delete', id, OLD.prompt FROM document
        WHERE session = OLD.session AND turn = OLD.number AND response = 0;
      DELETE FROM document WHERE session = OLD.session AND turn = OLD.number AND response = 0;
    END;
    CREATE TRIGGER turn_removed BEFORE DELETE ON turn BEGIN
      INSERT INTO search (search, rowid, prompt) SELECT 'delete', id, OLD.prompt FROM document
        WHERE session = OLD.session AND turn = OLD.number AND response = 0;
      DELETE FROM document WHERE session = OLD.session AND turn = OLD.number AND response = 0;
    END;

    CREATE TRIGGER response_added AFTER INSERT ON response BEGIN
      UPDATE summary SET calls = calls + 1, open = open + (NEW.finished IS NULL), deleted = NULL,
        cost = cost + COALESCE(NEW.cost, 0),
        unknown = unknown + (NEW.finished IS NOT NULL AND NEW.cost IS NULL),
        models = CASE WHEN instr(models, ' ' || NEW.provider || '/' || NEW.model || ' ') THEN models
          ELSE models || NEW.provider || '/' || NEW.model || ' ' END,
        states = CASE WHEN NEW.finished IS NULL OR instr(states, ' ' || NEW.state || ' ') THEN states
          ELSE states || NEW.state || ' ' END
      WHERE session = NEW.session;
      INSERT OR REPLACE INTO used_model (provider, model, last) SELECT NEW.provider, NEW.model, NEW.id FROM session
        WHERE id = NEW.session AND purpose NOT IN ('judge', 'brief', 'probe');
      INSERT INTO document (session, turn, response)
        SELECT NEW.session, NEW.turn, NEW.id FROM session
        WHERE id = NEW.session AND purpose NOT IN ('judge', 'brief', 'probe') AND NEW.finished IS NOT NULL;
      INSERT INTO search (rowid, answer, reasoning)
        SELECT id, NEW.text, NEW.reasoning FROM document
        WHERE session = NEW.session AND turn = NEW.turn AND response = NEW.id;
    END;
    CREATE TRIGGER response_finished AFTER UPDATE OF finished ON response
    WHEN NEW.finished IS NOT NULL AND OLD.finished IS NULL BEGIN
      UPDATE summary SET open = open - 1, unknown = unknown + (NEW.cost IS NULL),
        states = CASE WHEN instr(states, ' ' || NEW.state || ' ') THEN states ELSE states || NEW.state || ' ' END
      WHERE session = NEW.session;
      INSERT INTO document (session, turn, response)
        SELECT NEW.session, NEW.turn, NEW.id FROM session
        WHERE id = NEW.session AND purpose NOT IN ('judge', 'brief', 'probe');
      INSERT INTO search (rowid, answer, reasoning)
        SELECT id, NEW.text, NEW.reasoning FROM document
        WHERE session = NEW.session AND turn = NEW.turn AND response = NEW.id;
    END;
    CREATE TRIGGER response_charged AFTER UPDATE OF cost ON response WHEN NEW.cost IS NOT OLD.cost BEGIN
      UPDATE summary SET cost = cost - COALESCE(OLD.cost, 0) + COALESCE(NEW.cost, 0),
        unknown = unknown
          + (OLD.finished IS NOT NULL) * ((NEW.cost IS NULL) - (OLD.cost IS NULL))
      WHERE session = NEW.session;
    END;
    CREATE TRIGGER response_emptied BEFORE UPDATE OF text ON response
    WHEN OLD.finished IS NOT NULL BEGIN
      INSERT INTO search (search, rowid, answer, reasoning) SELECT 'delete', id, OLD.text, OLD.reasoning FROM document
        WHERE session = OLD.session AND turn = OLD.turn AND response = OLD.id;
      DELETE FROM document WHERE session = OLD.session AND turn = OLD.turn AND response = OLD.id;
    END;
    CREATE TRIGGER response_removed BEFORE DELETE ON response BEGIN
      INSERT INTO search (search, rowid, answer, reasoning) SELECT 'delete', id, OLD.text, OLD.reasoning FROM document
        WHERE session = OLD.session AND turn = OLD.turn AND response = OLD.id;
      DELETE FROM document WHERE session = OLD.session AND turn = OLD.turn AND response = OLD.id;
    END;

    CREATE TRIGGER vote_added AFTER INSERT ON vote BEGIN
      UPDATE summary SET votes = votes + 1 WHERE session = NEW.session;
    END;
    CREATE TRIGGER vote_taken_back AFTER INSERT ON vote_undone BEGIN
      UPDATE summary SET votes = votes - 1 WHERE session = (SELECT session FROM vote WHERE id = NEW.vote);
    END;

    """

  /// What is derived of the rows that an earlier version has stored. Sums keep within their column, whatever a provider reported.
  static let historyFilling = """
    INSERT INTO summary (session, created, purpose, turns, calls, open, cost, unknown, votes, models, states, tags, winner)
      SELECT s.id, s.created, s.purpose,
        (SELECT COUNT(*) FROM turn t WHERE t.session = s.id),
        COUNT(r.id), COUNT(r.id) - COUNT(r.finished), CAST(MAX(-9e18, MIN(9e18, TOTAL(r.cost))) AS INTEGER),
        COALESCE(SUM(r.finished IS NOT NULL AND r.cost IS NULL), 0),
        (SELECT COUNT(*) FROM vote v WHERE v.session = s.id AND v.id NOT IN (SELECT vote FROM vote_undone)),
        ' ' || COALESCE(replace(group_concat(DISTINCT r.provider || '/' || r.model), ',', ' ') || ' ', ''),
        ' ' || COALESCE(replace(group_concat(DISTINCT CASE WHEN r.finished IS NOT NULL THEN r.state END), ',', ' ') || ' ', ''),
        COALESCE((SELECT json_group_array(value) FROM
          (SELECT DISTINCT e.value FROM turn t, json_each(t.tags) e WHERE t.session = s.id AND t.tags <> '[]' ORDER BY 1)), '[]'),
        (SELECT w.provider || '/' || w.model FROM response w JOIN turn t
           ON t.session = w.session AND t.number = w.turn AND t.winner = w.lane
         WHERE t.session = s.id AND t.number = (SELECT MAX(number) FROM turn WHERE session = s.id)
         ORDER BY w.generation DESC LIMIT 1)
      FROM session s LEFT JOIN response r ON r.session = s.id GROUP BY s.id;
    INSERT INTO used_model (provider, model, last)
      SELECT r.provider, r.model, MAX(r.id) FROM response r JOIN session s ON s.id = r.session
      WHERE s.purpose NOT IN ('judge', 'brief', 'probe') GROUP BY r.provider, r.model;
    INSERT INTO document (session, turn)
      SELECT t.session, t.number FROM turn t JOIN session s ON s.id = t.session
      WHERE s.purpose NOT IN ('judge', 'brief', 'probe') ORDER BY t.created, t.rowid;
    INSERT INTO document (session, turn, response)
      SELECT r.session, r.turn, r.id FROM response r JOIN session s ON s.id = r.session
      WHERE s.purpose NOT IN ('judge', 'brief', 'probe') AND r.finished IS NOT NULL ORDER BY r.id;
    INSERT INTO search (search) VALUES ('rebuild');
    """
}
