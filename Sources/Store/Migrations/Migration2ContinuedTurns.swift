extension Migration {
  /// Turns that go on from one answer, lineups, and the index that budgets read.
  static let continuedTurns = Migration(
    "2 continued turns, lineups, budgets",
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
