import Core

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Votes from a CSV file (RFC 4180) or from JSON lines: `model_a`, `model_b` and `outcome` (`a`, `b`, `tie`, `both_bad`),
/// optionally `count` and `prompt_id`; other columns are passed over. Bytes are read without a string a field, so that a
/// million votes take a moment.
struct VotesFile {
  static let needed = ["model_a", "model_b", "outcome"]
  static let optional = ["count", "prompt_id"]

  private let name: String
  private var table = BallotTable()
  private var models = ByteNames()
  private var prompts = ByteNames()

  /// - Throws: `CommandError` that names the line and what to do.
  static func read(_ path: String) throws -> BallotTable {
    var bytes = try contents(path)
    var file = VotesFile(name: VisibleText.line(path))
    try bytes.withUnsafeMutableBytes { bytes in
      let isMarked = bytes.count >= 3 && bytes[0] == 0xef && bytes[1] == 0xbb && bytes[2] == 0xbf
      let bytes = UnsafeMutableRawBufferPointer(rebasing: bytes[(isMarked ? 3 : 0)...])
      let first = bytes.first { !" \t\r\n".utf8.contains($0) }
      if path.hasSuffix(".jsonl") || path.hasSuffix(".ndjson") || first == UInt8(ascii: "{") {
        try file.readLines(UnsafeRawBufferPointer(bytes))
      } else {
        try file.readTable(bytes)
      }
    }
    guard file.table.rows > 0 else { throw CommandError("\(file.name) holds no votes; a line is one vote") }
    return file.table
  }

  private init(name: String) { self.name = name }

  private static func contents(_ path: String) throws -> [UInt8] {
    func fault() -> CommandError {
      CommandError("\(VisibleText.line(path)) cannot be read: \(String(cString: strerror(errno))); check --votes")
    }
    guard let file = fopen(path, "r") else { throw fault() }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      if count == 0 { break }
      bytes.append(contentsOf: chunk[0..<count])
    }
    guard ferror(file) == 0 else { throw fault() }
    return bytes
  }

  private func fault(_ line: Int, _ text: String) -> CommandError { CommandError("\(name), line \(line): \(text)") }

  // MARK: - CSV

  private mutating func readTable(_ bytes: UnsafeMutableRawBufferPointer) throws {
    var records = CSVRecords(bytes)
    guard try advance(&records) else { throw CommandError("\(name) is empty; its first line names the columns") }
    let header = (0..<records.count).map { String(decoding: records[$0], as: UTF8.self).lowercased() }
    var places: [String: Int] = [:]
    for (place, column) in header.enumerated() where (Self.needed + Self.optional).contains(column) {
      guard places.updateValue(place, forKey: column) == nil else {
        throw fault(records.line, "the column \(column) stands there twice; remove one")
      }
    }
    for column in Self.needed where places[column] == nil {
      throw fault(records.line, "no column \(column); the first line must name model_a, model_b and outcome")
    }
    let (a, b, outcome) = (places["model_a"] ?? 0, places["model_b"] ?? 0, places["outcome"] ?? 0)
    let (count, prompt) = (places["count"], places["prompt_id"])
    while try advance(&records) {
      guard records.count == header.count else {
        throw fault(
          records.line,
          "\(records.count) fields where the first line has \(header.count); quote fields that hold commas")
      }
      try add(
        a: records[a], b: records[b], outcome: records[outcome], count: count.map { records[$0] },
        prompt: prompt.map { records[$0] }, line: records.line)
    }
  }

  private func advance(_ records: inout CSVRecords) throws -> Bool {
    do throws(CSVRecords.Malformed) { return try records.next() } catch { throw fault(error.line, error.text) }
  }

  // MARK: - JSON lines

  private mutating func readLines(_ bytes: UnsafeRawBufferPointer) throws {
    let document = JSONDocument()
    var (start, line) = (0, 0)
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      let text = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
      line += 1
      start = end + 1
      if text.allSatisfy({ " \t\r".utf8.contains($0) }) { continue }
      let view: JSONView
      do throws(JSONDocument.Malformed) { view = try document.parse(text) } catch {
        throw fault(line, "no JSON from byte \(error.offset + 1) on; every line is one object")
      }
      guard view.isObject else {
        throw fault(line, "not an object; write {\"model_a\": …, \"model_b\": …, \"outcome\": …}")
      }
      guard let a = view["model_a"]?.string, let b = view["model_b"]?.string, let outcome = view["outcome"]?.string
      else {
        throw fault(line, "model_a, model_b and outcome must be there, as strings")
      }
      try add(
        a: Array(a.utf8), b: Array(b.utf8), outcome: Array(outcome.utf8), count: Self.text(view["count"]),
        prompt: Self.text(view["prompt_id"]), line: line)
    }
  }

  private static func text(_ view: JSONView?) -> [UInt8]? {
    guard let view, !view.isNull else { return nil }
    return Array((view.string ?? view.source).utf8)
  }

  // MARK: - Both

  private mutating func add(
    a: some Collection<UInt8>, b: some Collection<UInt8>, outcome: some Collection<UInt8>,
    count: (some Collection<UInt8>)?, prompt: (some Collection<UInt8>)?, line: Int
  ) throws {
    func text(_ bytes: some Collection<UInt8>) -> String { VisibleText.line(String(decoding: bytes, as: UTF8.self)) }
    guard let meaning = Self.outcome(outcome) else {
      throw fault(line, "the outcome ‘\(text(outcome))’ is none of a, b, tie, both_bad; write one of them")
    }
    guard !a.isEmpty, !b.isEmpty else { throw fault(line, "a model has no name; fill in model_a and model_b") }
    let (first, second) = (models.index(of: a), models.index(of: b))
    guard first != second else { throw fault(line, "\(text(a)) against itself says nothing; remove the line") }
    while table.competitors.count < models.names.count {
      _ = table.index(of: models.names[table.competitors.count])
    }
    var number = 1
    if let count, !count.isEmpty {
      guard let whole = Int32(String(decoding: count, as: UTF8.self)), whole > 0 else {
        throw fault(line, "the count ‘\(text(count))’ is no whole number from 1 to \(Int32.max); correct it")
      }
      number = Int(whole)
    }
    let cluster = prompt.map { $0.isEmpty ? -1 : prompts.index(of: $0) } ?? -1
    table.add(a: first, b: second, outcome: meaning, count: number, prompt: cluster)
  }

  private static func outcome(_ bytes: some Collection<UInt8>) -> BallotOutcome? {
    if bytes.elementsEqual("a".utf8) { return .a }
    if bytes.elementsEqual("b".utf8) { return .b }
    if bytes.elementsEqual("tie".utf8) { return .tie }
    return bytes.elementsEqual("both_bad".utf8) ? .bothBad : nil
  }
}
