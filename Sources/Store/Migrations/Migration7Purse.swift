extension Migration {
  /// Money that is promised to requests which run, tokens of the first read, why a cost is not exact, and signs of life of the
  /// processes that write.
  static let purse = Migration(
    "7 the purse",
    sql: """
      ALTER TABLE response ADD COLUMN tokens_first_read INTEGER;  -- with hidden reasoning before them
      ALTER TABLE response ADD COLUMN cost_reasons TEXT;          -- JSON array: why the cost is not exact
      CREATE INDEX response_model ON response(provider, model, id);

      -- What requests that run may still cost, promised by the purse of the process that runs them.
      CREATE TABLE hold (
        id TEXT PRIMARY KEY NOT NULL,
        writer TEXT NOT NULL,
        created INTEGER NOT NULL,
        gateway_key TEXT,
        amount INTEGER NOT NULL                                   -- pico-dollars
      ) WITHOUT ROWID;

      -- What calls cost of which nothing else is kept, as long as a budget counts it.
      CREATE TABLE unkept_cost (
        created INTEGER NOT NULL,
        cost INTEGER NOT NULL                                     -- pico-dollars
      );
      CREATE INDEX unkept_cost_created ON unkept_cost(created, cost);

      -- Processes that have something open, told by their signs of life where nothing else tells.
      CREATE TABLE writer (
        id TEXT PRIMARY KEY NOT NULL,
        seen INTEGER NOT NULL                                     -- seconds since 1970
      ) WITHOUT ROWID;
      """)
}
