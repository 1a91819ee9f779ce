import Core
import Foundation
import GRDB

/// A table of another program's database, of which nobody knows which columns it has by now, or what is in them.
struct LLMTable {
  /// A row by column names; a wrong type reads as nothing.
  struct Line {
    fileprivate let values: [String: DatabaseValue]

    func text(_ column: String) -> String? {
      switch values[column]?.storage {
      case .blob(let data): String(decoding: data, as: UTF8.self)
      case .string(let text): text
      default: nil
      }
    }

    func integer(_ column: String) -> Int64? {
      if case .int64(let number) = values[column]?.storage { number } else { nil }
    }

    /// Within what can be added up.
    func count(_ column: String) -> Int? {
      integer(column).flatMap { Int(exactly: $0) }.flatMap { Bounds.counts.contains($0) ? $0 : nil }
    }

    func tokens(_ column: String) -> Int? { count(column).flatMap { Bounds.tokens.contains($0) ? $0 : nil } }

    func bytes(_ column: String) -> [UInt8]? {
      if case .blob(let data) = values[column]?.storage { Array(data) } else { nil }
    }
  }

  let name: String
  private let columns: [String]
  private let db: Database

  /// One that is not there has no rows.
  init(_ name: String, _ db: Database) throws {
    self.name = name
    self.db = db
    columns = try db.tableExists(name) ? db.columns(in: name).map(\.name) : []
  }

  func rows(where column: String? = nil, is value: String? = nil, order: String? = nil) throws -> [Line] {
    guard !columns.isEmpty, column.map(columns.contains) ?? true else { return [] }
    // As bytes, since a NUL would end a text.
    let list = columns.map {
      "CASE typeof(\(Self.quoted($0))) WHEN 'text' THEN CAST(\(Self.quoted($0)) AS BLOB) ELSE \(Self.quoted($0)) END"
    }
    let condition = column.map { " WHERE \(Self.quoted($0)) = ?" } ?? ""
    let sort = order ?? (columns.contains("order") ? "\"order\"" : "rowid")
    return try Row.fetchAll(
      db, sql: "SELECT \(list.joined(separator: ", ")) FROM \(Self.quoted(name))\(condition) ORDER BY \(sort)",
      arguments: column == nil ? [] : [value]
    ).map { row in
      Line(values: Dictionary(zip(columns, row.databaseValues), uniquingKeysWith: { first, _ in first }))
    }
  }

  /// One column of all rows, by id.
  func all(_ column: String) throws -> [(id: String, text: String)] {
    try rows().compactMap { row in
      guard let id = row.text("id") ?? row.integer("id").map(String.init) else { return nil }
      return row.text(column).map { (id, $0) }
    }
  }

  private static func quoted(_ name: String) -> String { "\"\(name.replacingOccurrences(of: "\"", with: "\"\""))\"" }

  // MARK: What several tables share

  /// Long texts that prompts are made of.
  struct Fragments {
    fileprivate let contents: [String: String]

    /// Those of a response, in order.
    func of(_ table: String, _ response: String, _ db: Database) throws -> [String] {
      try LLMTable(table, db).rows(where: "response_id", is: response).compactMap { row in
        row.integer("fragment_id").flatMap { contents[String($0)] }
      }
    }
  }

  static func fragments(_ db: Database) throws -> Fragments {
    Fragments(contents: try LLMTable("fragments", db).all("content").reduce(into: [:]) { $0[$1.id] = $1.text })
  }

  static func attachments(of response: String, _ db: Database, _ notices: inout [String]) throws -> [Attachment] {
    try LLMTable("prompt_attachments", db).rows(where: "response_id", is: response).compactMap { row in
      try row.text("attachment_id").flatMap { try attachment($0, db, &notices) }
    }
  }

  /// Nil, and a notice, for what the database does not hold itself or Furlong cannot keep.
  static func attachment(_ id: String, _ db: Database, _ notices: inout [String]) throws -> Attachment? {
    guard let row = try LLMTable("attachments", db).rows(where: "id", is: id).first else { return nil }
    let place = row.text("url") ?? row.text("path").map { ($0 as NSString).lastPathComponent }
    let name = place.map { ($0 as NSString).lastPathComponent } ?? "attachment-\(id.prefix(8))"
    if let bytes = row.bytes("content"), let file = Attachment(name: name, sniffing: bytes) { return file }
    notices.append("a file is not in the database: \(place ?? row.text("type") ?? id)")
    return nil
  }
}

/// The messages of newer logs: a tree by parents, in which each message has parts.
final class LLMTree {
  struct Message {
    var role: String
    var text = ""
    var reasoning = ""
    var files: [Attachment] = []
    var notices: [String] = []
  }

  /// A chain is followed no further: it would be a circle.
  private static let longest = 100_000

  private let db: Database
  private let fragments: LLMTable.Fragments
  private var rows: [String: (parent: String?, role: String)] = [:]
  private var known: [String: Message] = [:]

  init(_ db: Database) throws {
    self.db = db
    fragments = try LLMTable.fragments(db)
    for row in try LLMTable("messages", db).rows() {
      if let hash = row.text("hash") { rows[hash] = (row.text("parent_hash"), row.text("role") ?? "") }
    }
  }

  /// Messages from after `end` up to `tip`, oldest first.
  func chain(from tip: String?, to end: String?) throws -> [Message] {
    var messages: [Message] = []
    var hash = tip
    while let name = hash, name != end {
      guard let row = rows[name], messages.count < Self.longest else {
        throw InvalidFile("messages: the chain to \(tip ?? "") is broken at \(name)")
      }
      messages.append(try message(name, row.role))
      hash = row.parent
    }
    return messages.reversed()
  }

  private func message(_ hash: String, _ role: String) throws -> Message {
    if let message = known[hash] { return message }
    var message = Message(role: role)
    for part in try LLMTable("parts", db).rows(where: "message_hash", is: hash, order: "position") {
      let document = JSONDocument()
      let payload = try? document.parse(part.text("payload") ?? "{}")
      switch part.text("type") {
      case "text": message.text += text(part, payload)
      case "reasoning": message.reasoning += text(part, payload)
      case "attachment":
        guard let id = payload?["attachment"]?["id"]?.string else { break }
        if let file = try LLMTable.attachment(id, db, &message.notices) { message.files.append(file) }
      case "tool_call":
        message.notices.append("called \(part.text("tool_name") ?? "a tool")(\(payload?["arguments"]?.source ?? ""))")
      case "tool_result":
        message.text += "Result of \(part.text("tool_name") ?? "a tool"):\n\n\(payload?["output"]?.string ?? "")"
      default: break
      }
    }
    known[hash] = message
    return message
  }

  private func text(_ part: LLMTable.Line, _ payload: JSONView?) -> String {
    if let text = part.text("text") { return text }
    let pieces = payload?["text_ref"]?.elements ?? []
    return pieces.map { piece in
      piece["literal"]?.string ?? piece["fragment"]?.int.flatMap { fragments.contents[String($0)] } ?? ""
    }.joined()
  }
}
