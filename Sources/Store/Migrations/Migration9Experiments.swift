extension Migration {
  /// Data sets over variants, each asked several times, and what is to be done in their sessions.
  static let experiments = Migration(
    "9 experiments",
    sql: """
      ALTER TABLE response ADD COLUMN prompt TEXT;                -- where the lane was not asked the turn's prompt
      ALTER TABLE turn ADD COLUMN run INTEGER;                    -- of a data set's item that is asked several times

      CREATE TABLE plan (
        session TEXT PRIMARY KEY NOT NULL REFERENCES session(id) ON DELETE CASCADE,
        plan TEXT NOT NULL,                                       -- JSON
        writer TEXT                                               -- the process that asks it
      ) WITHOUT ROWID;
      """)
}
