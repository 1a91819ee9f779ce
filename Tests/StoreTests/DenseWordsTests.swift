import Core
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Store

/// Words of scripts without blanks between them, and titles.
@Suite(.ownThreads) struct DenseWordsTests {
  private let folder = TemporaryFolder()

  private func filled() throws -> Store {
    let store = try Store.inMemory()
    store.add("aaaa00000001", created: 100, ("海はなぜ塩辛いのですか", ["川が塩を運ぶからです。GPTは潮と言う", "月の引力"]))
    store.add("aaaa00000002", created: 200, ("为什么海洋是咸的？", ["因为河流把盐分带入大海。", "the tide, 潮汐"]))
    store.add("aaaa00000003", created: 300, ("바닷물은 왜 짠가요", ["강물이 소금을 나르기 때문입니다", "달"]))
    store.add("aaaa00000004", created: 400, ("ทำไมน้ำทะเลจึงเค็ม", ["เพราะแม่น้ำพาเกลือลงทะเล", "ดวงจันทร์"]))
    store.add("aaaa00000005", created: 500, ("Why is the sea salty?", ["Rivers carry the salt", "No 海 here but one"]))
    store.add("aaaa00000006", created: 600, ("我用Python写代码", ["漢字とkana", "x"]))
    #expect(commit(store) == nil)
    return store
  }

  @Test(arguments: [
    ("塩辛い", "1"), ("なぜ", "1"), ("塩", "1"), ("塩を運ぶ", "1"), ("塩運", ""), ("海", "521"), ("海洋", "2"), ("洋海", ""),
    ("河流 咸", ""), ("海洋 咸", "2"), ("盐分", "2"), ("소금", "3"), ("바닷물", "3"), ("닷물", "3"), ("ทะเล", "4"), ("เกลือ", "4"),
    ("น้ำ", "4"), ("ดวงจันทร์", "4"), ("the 潮汐", "2"), ("潮汐 the", "2"), ("the 海", ""), ("GPTは", "1"), ("gptは潮", "1"),
    ("carries", ""), ("python", "6"), ("Pyth", "6"), ("写 python", "6"), ("我用 Python", "6"), ("python -代码", ""),
    ("kana", "6"),
    ("\"pyth\"", ""), ("海 -塩辛い", "52"), ("salt -海", "5"), ("sea -海洋", "5"), ("\"大海。\"", "2"), ("\"河流 盐\"", ""),
    ("一二三", ""),
    ("tag:none 海", ""),
  ])
  func whatIsFound(_ line: String, _ expected: String) throws {
    let found = try filled().found(line).map { String($0.suffix(1)) }.sorted(by: >).joined()
    #expect(found == expected, "‘\(line)’ finds \(found)")
  }

  @Test func theWordsAreMarkedWhereTheyStand() throws {
    var faults: [String] = []
    let filter = SessionFilter(line: "塩を運ぶ", now: 0, faults: &faults)
    let hit = try #require(try filled().sessions(filter).first?.hit)
    #expect(hit.pieces.map(\.text) == ["川が", "塩を運ぶ", "からです。GPTは潮と言う"] && hit.pieces[1].isMatch, "\(hit)")
    #expect(hit.turn == 1 && hit.place == "answer" && hit.model != nil)
  }

  /// Three ways to combine words with conditions, by how much the conditions leave: they must find the same.
  @Test(arguments: ["海 provider:a", "the 潮汐 cost:<9", "海 -塩辛い state:done", "salt -海洋 provider:a"])
  func everyWayFindsTheSame(_ line: String) throws {
    let store = try filled()
    var faults: [String] = []
    let filter = SessionFilter(line: line, now: 0, faults: &faults)
    let found = try [(2000, 500), (2000, 0), (0, 0)].map { few, fewest in
      try store.database.read { db in
        var search = SessionSearch(words: filter.words, filter: filter, db: db)
        (search.few, search.fewest) = (few, fewest)
        return try search.found(limit: 10).map(\.session)
      }
    }
    #expect(!found[0].isEmpty && found[0] == found[1] && found[1] == found[2], "\(found)")
  }

  /// An answer that comes later, a session from a file and one of an earlier version are found as well.
  @Test func whateverComesIsTakenIn() throws {
    let store = try filled()
    store.add("bbbb00000001", created: 600, ("明日の天気", ["雨が降ります", "晴れ"]))
    #expect(commit(store) == nil)
    #expect(try store.found("天気") == ["bbbb00000001"] && store.found("降り") == ["bbbb00000001"])
    let rows = try store.rows(of: "bbbb00000001")
    let other = try Store.inMemory()
    _ = try other.add([rows])
    #expect(try other.found("天気") == ["bbbb00000001"], "from a file")
    let path = folder.file("old.db")
    do {
      let old = try Store(path: path)
      old.add("cccc00000001", created: 1, ("昨日の天気", ["曇り", "雪"]))
      try old.close()
      let database = try DatabaseQueue(path: path)
      try database.write { db in
        try db.execute(
          sql: """
            DROP TABLE grams; DROP TABLE grams_state; DROP TABLE titled; DROP TRIGGER session_titled;
            DROP TRIGGER batch_titled; DELETE FROM grdb_migrations WHERE identifier LIKE '10 %'
            """)
      }
      try database.close()
    }
    #expect(try Store(path: path).found("曇") == ["cccc00000001"], "of a version without this index")
  }

  /// What is deleted is in no index any more, and numbers that are given again are not mistaken for it.
  @Test func deletedWordsAreGone() throws {
    let path = folder.file("a.db")
    let store = try Store(path: path)
    store.add("aaaa00000001", created: 1, ("残る言葉", ["海", "空"]))
    store.add("aaaa00000002", created: 2, ("消える言葉", ["秘密の答え", "別"]))
    store.append(.deleted(session: "aaaa00000002"))
    try store.close()
    let later = try Store(path: path)
    later.add("aaaa00000003", created: 3, ("新しい", ["答えはここ", "よい"]))
    #expect(commit(later) == nil)
    #expect(try later.found("秘密").isEmpty && later.found("消える").isEmpty)
    #expect(try later.found("答え") == ["aaaa00000003"] && later.found("言葉") == ["aaaa00000001"])
    let gram = Grams.indexed("秘密").split(separator: " ").first.map(String.init) ?? ""
    let count = try later.database.read { db in
      try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM grams WHERE grams MATCH ?", arguments: [gram])
    }
    #expect(count == 0, "its signs are not in the index")
    _ = try later.vacuum()
    #expect(try later.found("答え") == ["aaaa00000003"] && later.found("新しい") == ["aaaa00000003"], "made anew")
    try later.close()
  }

  // MARK: Titles

  @Test func titlesThatPeopleGaveAreFound() throws {
    let store = try filled()
    store.append(.title(session: "aaaa00000003", "Saltwater questions, 바다"))
    store.append(.title(session: "aaaa00000005", "Ocean"))
    #expect(commit(store) == nil)
    #expect(try store.found("saltwater") == ["aaaa00000003"] && store.found("바다") == ["aaaa00000003"])
    #expect(
      try store.found("questions -ocean") == ["aaaa00000003"] && store.found("ocean -saltwater") == ["aaaa00000005"])
    #expect(try store.found("ocean provider:nobody").isEmpty, "conditions hold for titles too")
    var faults: [String] = []
    let hit = try #require(try store.sessions(SessionFilter(line: "water", now: 0, faults: &faults)).first?.hit)
    #expect(
      hit.isTitle && hit.place == "title" && hit.pieces.map(\.text) == ["Salt", "water", " questions, 바다"], "\(hit)")
    #expect(try store.found("sea salty") == ["aaaa00000005"], "a title that is the prompt's beginning is found there")
    store.append(.title(session: "aaaa00000005", "Lakes"))
    #expect(commit(store) == nil)
    #expect(try store.found("ocean").isEmpty && store.found("lakes") == ["aaaa00000005"])
  }

  // MARK: Pairs of signs

  @Test func theIndexHasPairsOfNeighbours() {
    #expect(Grams.indexed("海洋A塩 Be\u{301}") == "06d7706d0b 06d0b wa 05869 wbe")
    #expect(Grams.indexed("…!") == "" && Grams.query("!", isPrefix: true) == nil)
    #expect(Grams.query("海洋", isPrefix: true) == "\"06d7706d0b\"" && Grams.query("海", isPrefix: false) == "\"06d77\"*")
    #expect(Grams.query("海洋塩", isPrefix: false) == "\"06d7706d0b 06d0b05869\"")
    #expect(Grams.query("用Pyth", isPrefix: true) == "\"07528\"* AND \"wpyth\"*")
    #expect(Grams.pieces(of: "a𠮷𠀀").count == 2)
  }

  @Test func thePatternIsTheSameSetOfSigns() throws {
    let database = try DatabaseQueue()
    try database.read { db in
      let statement = try db.makeStatement(sql: "SELECT ? GLOB '\(Grams.pattern)'")
      for value in stride(from: UInt32(0x20), to: 0x32000, by: 1) {
        guard let scalar = Unicode.Scalar(value), value < 0x3400 || value > 0xF8FF || value % 97 == 0 else { continue }
        let isIn = try Bool.fetchOne(statement, arguments: ["a\(scalar)b"]) ?? false
        if isIn != Grams.isDense(scalar) {
          Issue.record("U+\(String(value, radix: 16)): \(isIn) in SQLite, \(Grams.isDense(scalar)) here")
          return
        }
      }
    }
  }
}
