import GRDB

extension Migration {
  /// What the index of words does not find. Words of scripts without blanks between them: filled by the program, since no
  /// tokenizer of SQLite's own makes pairs of signs; `grams_state` tells up to which document. And titles that are not the
  /// beginning of a prompt: `titled` names their sessions.
  static let grams = Migration(
    "10 words without blanks",
    sql: """
      CREATE VIRTUAL TABLE grams USING fts5(prompt, answer, reasoning, content='', columnsize=0, tokenize='ascii');
      CREATE TABLE grams_state (done INTEGER NOT NULL);           -- document.id
      INSERT INTO grams_state (done) VALUES (0);

      CREATE TABLE titled (
        session TEXT PRIMARY KEY NOT NULL REFERENCES session(id) ON DELETE CASCADE
      ) WITHOUT ROWID;
      CREATE TRIGGER session_titled AFTER UPDATE OF title ON session BEGIN
        INSERT OR IGNORE INTO titled (session) VALUES (NEW.id);
      END;
      CREATE TRIGGER batch_titled AFTER INSERT ON session WHEN NEW.purpose = 'batch' BEGIN
        INSERT OR IGNORE INTO titled (session) VALUES (NEW.id);
      END;
      INSERT INTO titled (session)
        SELECT s.id FROM session s WHERE s.title <> '' AND s.purpose IN ('lane', 'batch')
          AND NOT EXISTS (SELECT 1 FROM turn t WHERE t.session = s.id AND t.number = 1
            AND instr(t.prompt, rtrim(s.title, '…')));
      """
  ) { db in try GramIndex.catchUp(db) }
}
