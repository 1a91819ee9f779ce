import Core
import Foundation

/// A provider's usage export as lines of a bill. Columns are known by their names; one table says which.
struct BillFile {
  /// The kinds of export that are told apart by their columns.
  enum Kind: String, CaseIterable {
    case openai, anthropic, openrouter, generic
  }

  private enum Field: CaseIterable {
    case requestID, model, start, end, calls, input, inputPart, output, cost, costPart
  }

  /// Names of columns, the first found wins; parts are added up.
  private static let names: [Field: [String]] = [
    .requestID: ["request_id", "generation_id", "id"],
    .model: ["model", "model_version", "model_permaslug", "snapshot_id", "line_item"],
    .start: ["start_time_iso", "start_time", "start", "usage_date_utc", "created_at", "timestamp", "time", "date"],
    .end: ["end_time_iso", "end_time", "end"],
    .calls: ["num_model_requests", "calls", "requests"],
    .input: ["input_tokens", "tokens_prompt", "prompt_tokens"],
    .inputPart: [
      "usage_input_tokens_no_cache", "usage_input_tokens_cache_write_5m", "usage_input_tokens_cache_write_1h",
      "usage_input_tokens_cache_read",
    ],
    .output: ["output_tokens", "usage_output_tokens", "tokens_completion", "completion_tokens"],
    .cost: ["cost_usd", "cost_total", "amount_value", "cost", "usd"],
    .costPart: ["byok_usage_inference"],
  ]

  let kind: Kind
  let lines: [BillLine]

  /// - Throws: `CommandError` that names the line, or the columns that are missing.
  init(path: String) throws {
    guard
      let data = path == "-"
        ? FileHandle.standardInput.readDataToEndOfFile() : FileManager.default.contents(atPath: path)
    else { throw CommandError("cannot read \(path): check the name and its permissions") }
    var bytes = Array(data)
    // A byte order mark, as spreadsheets write it.
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    (kind, lines) = try bytes.withUnsafeMutableBufferPointer { try Self.read($0, VisibleText.line(path)) }
  }

  private static func read(_ bytes: UnsafeMutableBufferPointer<UInt8>, _ name: String) throws -> (Kind, [BillLine]) {
    var reader = CSVReader(bytes: bytes)
    guard try reader.next(name) else { throw CommandError("\(name) is empty: it should be a usage export as CSV") }
    let header = reader.fields.indices.map { reader.text($0).trimmingCharacters(in: .whitespaces).lowercased() }
    var columns: [Field: [Int]] = [:]
    for field in Field.allCases {
      let found = (names[field] ?? []).compactMap { header.firstIndex(of: $0) }
      let isSum = field == .inputPart || field == .costPart
      columns[field] = isSum ? found : Array(found.prefix(1))
    }
    for (field, word) in [(Field.model, "model"), (.start, "time")] where columns[field]?.isEmpty ?? true {
      throw CommandError(
        "\(name) has no column for the \(word): one of \((names[field] ?? []).joined(separator: ", ")) is expected")
    }
    var lines: [BillLine] = []
    while try reader.next(name) {
      // A blank line at the end.
      if reader.fields.count == 1, reader.field(0).isEmpty { continue }
      guard reader.fields.count == header.count else {
        throw CommandError(
          "\(name), line \(reader.line): \(reader.fields.count) fields where the header has \(header.count)")
      }
      if let line = try line(reader, columns, name) { lines.append(line) }
    }
    return (kind(of: header), lines)
  }

  private static func kind(of header: [String]) -> Kind {
    if header.contains("generation_id") { return .openrouter }
    if header.contains("usage_date_utc") { return .anthropic }
    if header.contains("num_model_requests") || header.contains("amount_value") { return .openai }
    return .generic
  }

  /// Nil for a line without usage and cost.
  private static func line(_ reader: CSVReader, _ columns: [Field: [Int]], _ name: String) throws -> BillLine? {
    func text(_ field: Field) -> String? {
      columns[field]?.first.map { reader.text($0).trimmingCharacters(in: .whitespaces) }.flatMap {
        $0.isEmpty ? nil : $0
      }
    }
    func fault(_ words: String) -> CommandError { CommandError("\(name), line \(reader.line): \(words)") }
    func count(_ field: Field) throws -> Int? {
      guard let text = text(field) else { return nil }
      guard let number = Int(text) ?? Double(text).flatMap({ Int(exactly: $0) }), Bounds.counts.contains(number) else {
        throw fault("‘\(VisibleText.line(text))’ is no count \(Bounds.text(Bounds.counts))")
      }
      return number
    }
    guard let when = text(.start) else { return nil }
    guard let (start, span) = BillTime.read(when) else { throw fault("‘\(VisibleText.line(when))’ is no time") }
    var end = start + span
    if let until = text(.end) {
      guard let (moment, _) = BillTime.read(until) else { throw fault("‘\(VisibleText.line(until))’ is no time") }
      end = max(moment, start + 1)
    }
    // A cost export names what of a model was billed behind a comma.
    let model = text(.model)?.split(separator: ",").first.map(String.init) ?? ""
    var line = BillLine(line: reader.line, requestID: text(.requestID), model: model, start: start, end: end)
    line.calls = try count(.calls)
    line.input = try count(.input)
    for column in columns[.inputPart] ?? [] {
      let text = reader.text(column).trimmingCharacters(in: .whitespaces)
      guard let part = text.isEmpty ? 0 : Int(text), Bounds.counts.contains(part) else {
        throw fault("‘\(VisibleText.line(text))’ is no count \(Bounds.text(Bounds.counts))")
      }
      line.input = (line.input ?? 0) + part
    }
    line.output = try count(.output)
    for column in (columns[.cost] ?? []) + (columns[.costPart] ?? []) {
      var text = reader.text(column).trimmingCharacters(in: .whitespaces)
      if text.hasPrefix("$") { text.removeFirst() }
      if text.isEmpty { continue }
      guard let amount = Money(decimal: text) else {
        throw fault("‘\(VisibleText.line(text))’ is no amount of dollars")
      }
      line.cost = (line.cost ?? .zero) + amount
    }
    return line.model.isEmpty && line.cost == nil && line.input == nil ? nil : line
  }
}

/// Times as exports write them.
enum BillTime {
  /// Seconds since 1970, and how long it lasts: a day for a date, a second for a moment. Without a zone it is UTC.
  static func read(_ text: String) -> (start: Int64, span: Int64)? {
    if let number = Double(text), number.isFinite, number > 0, number < 1e14 {
      return (Int64(saturating: number > 1e11 ? number / 1000 : number), 1)
    }
    let time = text.hasSuffix(" UTC") ? text.dropLast(4) + "Z" : text
    if let moment = secondsSince1970(isoTime: time) { return (moment, 1) }
    return text.utf8.count == 10 ? secondsSince1970(isoTime: text + "T00:00:00Z").map { ($0, 86_400) } : nil
  }
}
