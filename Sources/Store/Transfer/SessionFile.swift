import Core

/// What is wrong with a file that was to be imported, as a sentence with its place.
public struct InvalidFile: Error, Equatable, Sendable {
  public let message: String

  public init(_ message: String) { self.message = message }
}

/// A file of sessions, `.furlong`: one line of JSON in one form only, with a digest over its content, so that the same sessions
/// always give the same bytes and a changed byte is noticed.
///
///     {"format":"furlong","version":1,"sha256":"…","content":{"sessions":[{"session":{…},"turn":[…],…,"calls":[…]}]}}
///
/// Members are the tables of `StoredTable`, each row an object of its columns without those that are null; JSON columns and raw
/// objects are text, bytes base64, money pico-dollars, times nanoseconds, dates seconds since 1970.
public struct SessionFile: Equatable, Sendable {
  /// Raised when a reader of before could not make sense of it.
  public static let version = 1

  public var sessions: [SessionRows]

  public init(sessions: [SessionRows]) { self.sessions = sessions }

  public var text: String {
    let content = (["sessions": .array(sessions.map(\.json))] as JSON).serialized()
    return Self.head(SHA256.hexadecimal(content.utf8)) + content + "}\n"
  }

  private static func head(_ digest: String) -> String {
    "{\"format\":\"furlong\",\"version\":\(version),\"sha256\":\"\(digest)\",\"content\":"
  }

  /// Whether these bytes mean to be such a file.
  public static func isLikely(_ bytes: some Collection<UInt8>) -> Bool {
    // Another program may have laid it out anew: what is wrong with it then is told by its digest.
    bytes.prefix(64).lazy.filter { $0 > 0x20 }.starts(with: "{\"format\":\"furlong\"".utf8)
  }

  /// - Throws: `InvalidFile` with a sentence that says what is wrong, and where.
  public init(_ bytes: [UInt8]) throws(InvalidFile) {
    guard Self.isLikely(bytes) else { throw InvalidFile("it is not a session file of Furlong") }
    let document = JSONDocument()
    let parsed: Result<JSONView, JSONDocument.Malformed> = bytes.withUnsafeBytes { bytes in
      Result { () throws(JSONDocument.Malformed) in try document.parse(bytes) }
    }
    let view: JSONView
    do throws(JSONDocument.Malformed) { view = try parsed.get() } catch {
      throw InvalidFile("it is damaged: what stands at byte \(error.offset + 1) is not JSON")
    }
    if let version = view["version"]?.int, version > Self.version {
      throw InvalidFile("it is of version \(version), written by a newer Furlong: update this one")
    }
    guard let digest = view["sha256"]?.string, let content = view["content"] else {
      throw InvalidFile("it is damaged: its head is not that of a session file")
    }
    let source = content.source
    guard SHA256.hexadecimal(source.utf8) == digest, bytes.elementsEqual((Self.head(digest) + source + "}\n").utf8)
    else {
      throw InvalidFile("it has been changed since it was written: its content does not match its SHA-256")
    }
    guard let list = content["sessions"], list.isArray else {
      throw InvalidFile("content.sessions is missing")
    }
    var sessions: [SessionRows] = []
    for (index, view) in list.elements.enumerated() {
      sessions.append(try SessionRows(json: view, place: "sessions[\(index)]", isCall: false))
    }
    self.init(sessions: sessions)
  }
}

extension SessionRows {
  var json: JSON {
    var document: JSON = [:]
    for table in StoredTable.allCases {
      let rows = self[table].map { row in
        JSON.object(
          zip(table.columns, row).compactMap { column, value in
            value == .null ? nil : JSON.Member(name: column.name, value: value.json)
          })
      }
      document[table.name] = table == .session ? rows.first : rows.isEmpty ? nil : .array(rows)
    }
    if !calls.isEmpty { document["calls"] = .array(calls.map(\.json)) }
    return document
  }

  init(json view: JSONView, place: String, isCall: Bool) throws(InvalidFile) {
    self.init()
    guard view.isObject else { throw InvalidFile("\(place) is not an object") }
    for member in view.members {
      if member.name == "calls", !isCall, member.value.isArray {
        for (index, call) in member.value.elements.enumerated() {
          calls.append(try SessionRows(json: call, place: "\(place).calls[\(index)]", isCall: true))
        }
        continue
      }
      guard let table = StoredTable.allCases.first(where: { $0.name == member.name }), self[table].isEmpty else {
        throw InvalidFile("\(place) has no member ‘\(member.name)’, or has it twice")
      }
      let isSession = table == .session
      guard isSession ? member.value.isObject : member.value.isArray else {
        throw InvalidFile("\(place).\(member.name) is not \(isSession ? "an object" : "an array")")
      }
      for (index, row) in (isSession ? [member.value] : member.value.elements).enumerated() {
        let rowPlace = isSession ? "\(place).session" : "\(place).\(member.name)[\(index)]"
        self[table].append(try Self.row(row, table, rowPlace))
      }
    }
    guard self[.session].count == 1 else { throw InvalidFile("\(place).session is missing") }
    try check(place)
  }

  private static func row(_ view: JSONView, _ table: StoredTable, _ place: String) throws(InvalidFile) -> Row {
    guard view.isObject else { throw InvalidFile("\(place) is not an object") }
    var row = Row(repeating: .null, count: table.columns.count)
    for (name, value) in view.members {
      guard let index = table.index(name), row[index] == .null else {
        throw InvalidFile("\(place) has no member ‘\(name)’, or has it twice")
      }
      guard let read = table.columns[index].read(value) else {
        throw InvalidFile("\(place).\(name) is not \(table.columns[index].words)")
      }
      row[index] = read
    }
    for (column, value) in zip(table.columns, row) where value == .null && !column.isOptional {
      throw InvalidFile("\(place).\(column.name) is missing")
    }
    return row
  }
}

extension StoredValue {
  fileprivate var json: JSON {
    switch self {
    case .null: .null
    case .integer(let number): .int(number)
    case .real(let number): .double(number)
    case .text(let text): .string(text)
    case .bytes(let bytes): .string(base64Text(bytes))
    }
  }
}

extension StoredColumn {
  /// Nil for what may not stand in it.
  fileprivate func read(_ view: JSONView) -> StoredValue? {
    switch kind {
    case .id, .digest, .text, .label, .word, .json: view.string.flatMap { allows($0) ? .text($0) : nil }
    case .date, .duration, .tokens, .lane, .flag, .money, .count:
      view.numberText.flatMap { Int64($0) }.flatMap { kind.range?.contains($0) == true ? .integer($0) : nil }
    case .share: view.double.flatMap { (0...1).contains($0) ? .real($0) : nil }
    case .bytes: view.string.flatMap(base64Bytes).map { .bytes($0) }
    case .rowNumber, .process, .day, .sum: nil
    }
  }

  private func allows(_ text: String) -> Bool {
    switch kind {
    case .id: isHexadecimal(text, digits: 12)
    case .digest: isHexadecimal(text, digits: 64)
    case .word(let words): words.contains(text)
    case .json(let shape):
      (try? JSONDocument().parse(text)).map { shape == .array ? $0.isArray : $0.isObject } ?? false
    case .text, .label: true
    case .rowNumber, .process, .date, .day, .duration, .tokens, .lane, .flag, .money, .sum, .count, .share, .bytes:
      false
    }
  }

  fileprivate var words: String {
    switch kind {
    case .id: "an id of twelve hexadecimal digits"
    case .digest: "a SHA-256"
    case .text, .label: "a text"
    case .word(let words): "one of \(words.joined(separator: ", "))"
    case .json(let shape): "a text that holds a JSON \(shape == .array ? "array" : "object")"
    case .date, .duration, .tokens, .lane, .flag, .money, .count:
      "a whole number " + (kind.range.map { Bounds.text($0) } ?? "")
    case .share: "a number from 0 to 1"
    case .bytes: "base64"
    case .rowNumber, .process, .day, .sum: "what stays in its own database"
    }
  }
}

func isHexadecimal(_ text: String, digits: Int) -> Bool {
  text.utf8.count == digits
    && text.utf8.allSatisfy {
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
    }
}
