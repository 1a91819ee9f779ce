extension Migration {
  /// Blind turns, votes, briefs, judgements, fits and judges' cards; data sets.
  static let votes = Migration(
    "3 votes, verdicts, data sets",
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
