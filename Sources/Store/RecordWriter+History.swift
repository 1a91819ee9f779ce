import Core
import GRDB

/// What a person changes about the past.
extension RecordWriter {
  func writeHistory(_ record: Record, _ db: Database) throws {
    switch record {
    case .title(let session, let title):
      try db.run(sql: "UPDATE session SET title = CAST(? AS TEXT) WHERE id = ?", arguments: [blob(title), session])
    case .tags(let session, let tags):
      try db.run(sql: "UPDATE turn SET tags = ? WHERE session = ?", arguments: [tagsText(tags), session])
    case .deleted(let session):
      try db.run(
        sql: "UPDATE summary SET deleted = ? WHERE session = ? AND deleted IS NULL", arguments: [identity, session])
    case .undeleted(let session):
      try db.run(
        sql: "UPDATE summary SET deleted = NULL WHERE session = ? AND deleted = ?", arguments: [session, identity])
    default: break
    }
  }
}
