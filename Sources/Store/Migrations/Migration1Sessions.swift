extension Migration {
  /// Sessions, their turns, attachments and responses.
  static let sessions = Migration(
    "1 sessions, turns, responses",
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
