import GRDB

/// The tables, as migrations that only ever add. Text that models or people wrote is stored with `CAST(… AS TEXT)` of its bytes,
/// since a NUL would end an ordinary bound string. Times of calls are nanoseconds since *sent*, money is pico-dollars, dates
/// are seconds since 1970.
enum Schema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 sessions, turns, responses") { db in
      try db.execute(
        sql: """
          CREATE TABLE session (
            id TEXT PRIMARY KEY NOT NULL,
            created INTEGER NOT NULL,
            title TEXT NOT NULL,
            rule TEXT NOT NULL,
            lanes TEXT NOT NULL            -- JSON array by lane number: its text, or an object with more
          );
          CREATE INDEX session_created ON session(created DESC);

          CREATE TABLE turn (
            session TEXT NOT NULL REFERENCES session(id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            created INTEGER NOT NULL,
            prompt TEXT NOT NULL,
            prompt_sha256 TEXT NOT NULL,
            system TEXT,
            rule TEXT NOT NULL,
            winner INTEGER,
            PRIMARY KEY (session, number)
          );

          CREATE TABLE attachment (
            session TEXT NOT NULL,
            turn INTEGER NOT NULL,
            ordinal INTEGER NOT NULL,
            name TEXT NOT NULL,
            media_type TEXT NOT NULL,
            data BLOB NOT NULL,
            PRIMARY KEY (session, turn, ordinal),
            FOREIGN KEY (session, turn) REFERENCES turn(session, number) ON DELETE CASCADE
          );

          CREATE TABLE response (
            id INTEGER PRIMARY KEY,
            session TEXT NOT NULL,
            turn INTEGER NOT NULL,
            lane INTEGER NOT NULL,
            generation INTEGER NOT NULL,
            created INTEGER NOT NULL,
            finished INTEGER,
            writer TEXT NOT NULL,          -- the process that is filling the row
            provider TEXT NOT NULL,
            model TEXT NOT NULL,
            model_reported TEXT,
            parameters TEXT NOT NULL,      -- JSON, as the lane has them
            request TEXT,                  -- JSON, as sent, without the conversation
            simulated INTEGER NOT NULL,
            shares_machine INTEGER NOT NULL,
            state TEXT NOT NULL,
            finish_reason TEXT,
            error TEXT,                    -- JSON
            attempts TEXT NOT NULL DEFAULT '[]',
            notices TEXT NOT NULL DEFAULT '[]',
            text TEXT NOT NULL DEFAULT '',
            reasoning TEXT NOT NULL DEFAULT '',
            arrivals BLOB,                 -- see Arrivals
            usage_input INTEGER, usage_cache_read INTEGER, usage_cache_write INTEGER,
            usage_output INTEGER, usage_reasoning INTEGER, usage_source TEXT,
            usage_raw TEXT, server_timings TEXT,
            cost_status TEXT, cost_computed INTEGER, cost_reported INTEGER, cost_wasted INTEGER, price TEXT,
            reused_connection INTEGER, dns INTEGER, connect INTEGER, tls INTEGER,
            ttfb INTEGER, ttft INTEGER, ttfo INTEGER, end INTEGER, chunks INTEGER, chunks_first_read INTEGER,
            UNIQUE (session, turn, lane, generation),
            FOREIGN KEY (session, turn) REFERENCES turn(session, number) ON DELETE CASCADE
          );
          CREATE INDEX response_open ON response(state) WHERE finished IS NULL;

          -- What has come of a response that is not finished; moved into its row when it is.
          CREATE TABLE part (
            response INTEGER NOT NULL REFERENCES response(id) ON DELETE CASCADE,
            ordinal INTEGER NOT NULL,
            text TEXT NOT NULL,
            reasoning TEXT NOT NULL,
            arrivals BLOB NOT NULL,
            PRIMARY KEY (response, ordinal)
          );
          """)
    }
    migrator.registerMigration("2 continued turns, lineups, budgets") { db in
      try db.execute(
        sql: """
          ALTER TABLE turn ADD COLUMN continued INTEGER;
          ALTER TABLE response ADD COLUMN system TEXT;
          CREATE TABLE lineup (
            name TEXT PRIMARY KEY NOT NULL,
            lanes TEXT NOT NULL            -- as in session
          );
          CREATE INDEX response_created ON response(created);
          """)
    }
    migrator.registerMigration("3 votes, verdicts, data sets") { db in
      try db.execute(
        sql: """
          ALTER TABLE session ADD COLUMN purpose TEXT NOT NULL DEFAULT 'lane';
          CREATE INDEX session_purpose ON session(purpose, created DESC);
          ALTER TABLE turn ADD COLUMN item TEXT;
          ALTER TABLE turn ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';

          CREATE TABLE blind (
            id TEXT PRIMARY KEY NOT NULL,
            created INTEGER NOT NULL,
            session TEXT NOT NULL,
            turn INTEGER NOT NULL,
            sha256 TEXT NOT NULL,          -- of the text, stored before the answers show
            assignment TEXT NOT NULL,
            revealed INTEGER,              -- when; until then nobody may know
            FOREIGN KEY (session, turn) REFERENCES turn(session, number) ON DELETE CASCADE
          );
          CREATE INDEX blind_turn ON blind(session, turn);

          CREATE TABLE vote (
            id TEXT PRIMARY KEY NOT NULL,
            created INTEGER NOT NULL,
            assignment TEXT NOT NULL,
            session TEXT NOT NULL,
            turn INTEGER NOT NULL,
            left_lane INTEGER NOT NULL, left_generation INTEGER NOT NULL,
            right_lane INTEGER NOT NULL, right_generation INTEGER NOT NULL,
            choice TEXT NOT NULL,
            repeats TEXT,
            time INTEGER,
            FOREIGN KEY (session, turn) REFERENCES turn(session, number) ON DELETE CASCADE
          );
          CREATE INDEX vote_turn ON vote(session, turn);
          CREATE TABLE vote_undone (vote TEXT PRIMARY KEY NOT NULL, created INTEGER NOT NULL);

          CREATE TABLE brief (
            id TEXT PRIMARY KEY NOT NULL,
            created INTEGER NOT NULL,
            judge TEXT NOT NULL,           -- empty: the person's own, for every judge
            version TEXT NOT NULL,
            brief TEXT NOT NULL            -- JSON
          );

          CREATE TABLE judgement (
            id TEXT PRIMARY KEY NOT NULL,
            created INTEGER NOT NULL,
            session TEXT NOT NULL,
            turn INTEGER NOT NULL,
            a_lane INTEGER NOT NULL, a_generation INTEGER NOT NULL,
            b_lane INTEGER NOT NULL, b_generation INTEGER NOT NULL,
            judge TEXT NOT NULL,
            judge_reported TEXT,
            version TEXT NOT NULL,
            kind TEXT NOT NULL,
            document TEXT NOT NULL,        -- JSON: outcome, readings, calls
            cost INTEGER NOT NULL,
            cost_unknown INTEGER NOT NULL,
            FOREIGN KEY (session, turn) REFERENCES turn(session, number) ON DELETE CASCADE
          );
          CREATE INDEX judgement_turn ON judgement(session, turn);
          CREATE TABLE judgement_confirmed (judgement TEXT PRIMARY KEY NOT NULL, created INTEGER NOT NULL);

          CREATE TABLE fit (
            id INTEGER PRIMARY KEY,
            created INTEGER NOT NULL,
            session TEXT NOT NULL,
            turn INTEGER NOT NULL,
            lane INTEGER NOT NULL, generation INTEGER NOT NULL,
            judge TEXT NOT NULL,
            judge_reported TEXT,
            value INTEGER,                 -- 0 to 10; NULL when there is none
            document TEXT NOT NULL,        -- JSON: reason, calls
            cost INTEGER NOT NULL,
            cost_unknown INTEGER NOT NULL,
            time INTEGER NOT NULL,
            FOREIGN KEY (session, turn) REFERENCES turn(session, number) ON DELETE CASCADE
          );
          CREATE INDEX fit_turn ON fit(session, turn);

          CREATE TABLE card (
            id TEXT PRIMARY KEY NOT NULL,
            created INTEGER NOT NULL,
            judge TEXT NOT NULL,
            judge_reported TEXT,
            version TEXT NOT NULL,
            card TEXT NOT NULL             -- JSON
          );
          CREATE INDEX card_judge ON card(judge, created DESC);
          """)
    }
    migrator.registerMigration("4 history, receipts") { db in
      try db.execute(sql: history)
      try RecordWriter().weighLatest(db)
    }
    migrator.registerMigration("5 the gateway") { db in try db.execute(sql: gateway) }
    return migrator
  }
}
