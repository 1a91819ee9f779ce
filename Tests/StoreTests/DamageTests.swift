import Core
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Store

/// Files that are not as they were written, disks that are full, locks of others: told plainly, and nothing lost that could be kept.
@Suite(.ownThreads) struct DamageTests {
  private let folder = TemporaryFolder()
  private var path: String { folder.file("a.db") }

  /// Forty sessions, each with answers that fill pages of their own.
  private func makeFile() throws {
    let store = try Store(path: path)
    for number in 10..<50 {
      let filler = String(repeating: "words-of-\(number) ", count: 150)
      store.add(
        "abcd000000\(number)", created: Int64(number), ("prompt \(number)", ["marker-\(number) \(filler)", filler]))
    }
    try store.close()
    let queue = try rawDatabase(path)
    try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    try queue.close()
  }

  /// Overwrites the beginning of the page that has these words.
  private func damage(_ words: String) throws {
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    let place = try #require(bytes.range(of: Data(words.utf8)))
    let page = place.lowerBound / 4096 * 4096
    bytes.replaceSubrange(page..<(page + 64), with: Data(repeating: 0xA5, count: 64))
    try bytes.write(to: URL(fileURLWithPath: path))
  }

  @Test func aDamagedPageHidesOnlyWhatIsOnIt() throws {
    try makeFile()
    try damage("marker-30 ")
    let store = try Store(path: path)
    #expect(try store.sessions().count == 40)
    #expect(throws: StoreError.damaged(path: path)) { try store.session("abcd00000030") }
    var read = 0
    for number in 10..<50 { if (try? store.session("abcd000000\(number)")) != nil { read += 1 } }
    #expect(read >= 36, "\(read) of 40 sessions can be read")
    #expect(try store.found("prompt").count == 40 && store.found("marker 12").count == 1)
    #expect(try store.found("marker").count == 40)
    let message = StoreError.damaged(path: path).message
    #expect(message.contains(path) && message.contains(".recover"))
    store.add("abcd00000099", created: 99, ("written after", ["still works"]))
    #expect(try store.session("abcd00000099").turns[0].responses[0]?.text == "still works")
    #expect(try store.found("works") == ["abcd00000099"])
  }

  /// A copy that was broken off.
  @Test func halfAFile() throws {
    try makeFile()
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: StoreError.self) {
      let store = try Store(path: path)
      for session in try store.sessions() { _ = try store.session(session.id) }
    }
    #expect(error == .damaged(path: path))
  }

  /// Whatever bytes flip: an error in words or the truth, never a crash.
  @Test func anyByteMayFlip() throws {
    try makeFile()
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    var random = SplitMix64(seed: 5)
    for _ in 0..<40 {
      var bytes = whole
      for _ in 0..<20 { bytes[random.index(below: bytes.count)] = UInt8(truncatingIfNeeded: random.next()) }
      let copy = folder.file("flipped.db")
      for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: copy + suffix) }
      try bytes.write(to: URL(fileURLWithPath: copy))
      do throws(StoreError) {
        let store = try Store(path: copy)
        for session in try store.sessions() {
          do throws(StoreError) { _ = try store.session(session.id) } catch {
            #expect(error.message.contains("flipped.db") || error.message.contains("no session"))
          }
        }
        var filter = SessionFilter()
        filter.text = "prompt"
        _ = try store.sessions(filter)
      } catch {
        #expect(error.message.contains("flipped.db"), "\(error)")
      }
    }
  }

  /// The words are only an index: it is made anew rather than losing an answer.
  @Test func aDamagedIndexIsMadeAnew() throws {
    try makeFile()
    let queue = try rawDatabase(path)
    try queue.write { try $0.execute(sql: "UPDATE search_data SET block = x'A5A5A5' WHERE id > 10") }
    try queue.close()
    let store = try Store(path: path)
    for number in 60..<64 {
      store.add("abcd000000\(number)", created: Int64(number), ("later \(number)", ["one", "two"]))
    }
    #expect(try store.session("abcd00000063").turns[0].responses[1]?.text == "two")
    _ = try store.vacuum()
    #expect(try store.found("marker 12").count == 1 && store.found("later").count == 4)
    try store.close()
    try checkSearch(path)
  }

  @Test func aFullDiskKeepsWhatIsToBeSaved() throws {
    let store = try Store(path: path)
    let faults = Journal<StoreError?>()
    store.onFault { faults.append($0) }
    func limit(_ pages: String) throws {
      try store.database.write { try $0.execute(sql: "PRAGMA max_page_count = \(pages)") }
    }
    let pages = try store.database.read { try Int.fetchOne($0, sql: "PRAGMA page_count") } ?? 0
    try limit("\(pages + 2)")
    store.append(.session(Sample.session()))
    store.append(
      .turn(session: Sample.key.session, Turn(number: 1, prompt: String(repeating: "much ", count: 50_000), rule: .all))
    )
    #expect(commit(store) == .full(path: path))
    try limit("1000000")
    #expect(commit(store) == nil)
    #expect(try store.session("3f2a").turns[0].prompt.count == 250_000)
    #expect(faults.entries == [.full(path: path), nil], "told once, and that it is over")
    try store.close()
  }

  @Test func aFileThatMayNotBeWrittenIsRead() throws {
    try makeFile()
    let store = try Store(path: path)
    try store.database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA query_only = ON") }
    store.append(.title(session: "abcd00000010", "kept for later"))
    #expect(commit(store) == .readOnly(path: path))
    #expect(try store.sessions().count == 40 && store.found("marker 12").count == 1)
    try store.database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA query_only = OFF") }
    #expect(commit(store) == nil)
    #expect(try store.session("abcd00000010").title == "kept for later")
  }

  @Test func anotherProcessMayHoldTheLock() throws {
    try makeFile()
    let store = try Store(path: path)
    let other = try rawDatabase(path)
    let journal = Journal<StoreError?>()
    try other.inTransaction(.immediate) { db in
      try db.execute(sql: "UPDATE session SET title = 'theirs' WHERE id = 'abcd00000011'")
      store.append(.title(session: "abcd00000012", "ours"))
      store.commit { journal.append($0) }
      #expect(try store.sessions().count == 40, "reading does not wait")
      return .commit
    }
    #expect(journal.first(where: { _ in true }) == .some(.none))
    #expect(try store.session("abcd00000011").title == "theirs" && store.session("abcd00000012").title == "ours")
  }
}
