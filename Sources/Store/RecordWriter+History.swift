import Core
import GRDB

/// What a person changes about the past.
extension RecordWriter {
  func setTitle(_ session: String, _ title: String, _ db: Database) throws {
    try db.run(sql: "UPDATE session SET title = CAST(? AS TEXT) WHERE id = ?", arguments: [blob(title), session])
  }

  func setTags(_ session: String, _ tags: [String], _ db: Database) throws {
    try db.run(sql: "UPDATE turn SET tags = ? WHERE session = ?", arguments: [tagsText(tags), session])
  }

  func delete(_ session: String, _ db: Database) throws {
    try db.run(
      sql: "UPDATE summary SET deleted = ? WHERE session = ? AND deleted IS NULL", arguments: [identity, session])
  }

  func takeBackDeletion(_ session: String, _ db: Database) throws {
    try db.run(
      sql: "UPDATE summary SET deleted = NULL WHERE session = ? AND deleted = ?", arguments: [session, identity])
  }
}
