extension Migration {
  /// Why a vote was cast, votes that one choice implies, and answers that were picked in the open.
  static let picks = Migration(
    "8 picks",
    sql: """
      ALTER TABLE vote ADD COLUMN note TEXT;
      ALTER TABLE vote ADD COLUMN implied_by TEXT;                -- shared by the votes of one choice among several

      CREATE TABLE pick (
        id TEXT PRIMARY KEY NOT NULL,
        created INTEGER NOT NULL,
        session TEXT NOT NULL,
        turn INTEGER NOT NULL,
        lane INTEGER NOT NULL,
        generation INTEGER NOT NULL,
        taken_back INTEGER NOT NULL,
        FOREIGN KEY (session, turn) REFERENCES turn(session, number) ON DELETE CASCADE
      );
      CREATE INDEX pick_turn ON pick(session, turn);
      """)
}
