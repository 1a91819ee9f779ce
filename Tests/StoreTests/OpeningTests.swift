import Core
import Foundation
import GRDB
import Store
import TestSupport
import Testing

@Suite(.ownThreads) struct OpeningTests {
  private let folder = TemporaryFolder()

  @Test func aFileThatIsNoDatabase() throws {
    let path = folder.file("notes.txt")
    let notes = String(repeating: "These are my notes.\n", count: 400)
    try notes.write(toFile: path, atomically: true, encoding: .utf8)
    let error = #expect(throws: StoreError.self) { try Store(path: path) }
    #expect(error == .notADatabase(path: path))
    #expect(try String(contentsOfFile: path, encoding: .utf8) == notes, "it must be left as it was")
    #expect(error?.message.contains(path) == true)
  }

  @Test func aFileOfALaterVersion() throws {
    let path = folder.file("later.db")
    try Store(path: path).close()
    let queue = try rawDatabase(path)
    try queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('99 from the future')") }
    try queue.close()
    #expect(throws: StoreError.newer(path: path)) { try Store(path: path) }
  }

  @Test func aFolderThatIsNotThere() {
    let path = folder.file("nowhere/a.db")
    let error = #expect(throws: StoreError.self) { try Store(path: path) }
    guard case .unreadable(path, _) = error else {
      Issue.record("expected an unreadable path, got \(String(describing: error))")
      return
    }
  }

  @Test func aFolderInPlaceOfAFile() {
    let error = #expect(throws: StoreError.self) { try Store(path: folder.path) }
    guard case .unreadable(folder.path, _) = error else {
      Issue.record("expected an unreadable path, got \(String(describing: error))")
      return
    }
  }

  @Test func anEmptyFileBecomesADatabase() throws {
    let path = folder.file("empty.db")
    #expect(FileManager.default.createFile(atPath: path, contents: nil))
    #expect(try Store(path: path).sessions().isEmpty)
  }

  @Test func openingTwiceChangesNothing() throws {
    let path = folder.file("a.db")
    try Store(path: path).close()
    let tables = try schema(path)
    try Store(path: path).close()
    #expect(try schema(path) == tables)
    #expect(!tables.isEmpty)
  }

  private func schema(_ path: String) throws -> [String] {
    let queue = try rawDatabase(path)
    defer { try? queue.close() }
    return try queue.read {
      try String.fetchAll($0, sql: "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
    }
  }
}
