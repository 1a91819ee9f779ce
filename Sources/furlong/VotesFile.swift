import Core
import Foundation
import Ranking

/// A file of votes as a table of ballots: `model_a, model_b, outcome`, optional `count` and `prompt_id`, as CSV (RFC 4180) or
/// one JSON object a line. Works on bytes; a `String` is made only for each model.
struct VotesFile {
  /// The likelihood's matrices grow with the square of the models.
  static let mostModels = 1000
  /// Larger counts are a slip, and their sums would not be exact.
  static let largestCount = 1_000_000_000
  static let columns = ["model_a", "model_b", "outcome"]

  private(set) var ballots = BallotTable(models: [])
  private var models = ByteNames()
  private var prompts = ByteNames()

  /// - Throws: `CommandError` naming the line, what is wrong there and what to write.
  init(path: String) throws {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
    } catch {
      throw CommandError("the votes in \(path) could not be read: is the file there, and yours to read?")
    }
    try self.init(data: data, isJSONLines: path.lowercased().hasSuffix(".jsonl"), name: path)
  }

  init(data: Data, isJSONLines: Bool, name: String) throws {
    var bytes = Array(data)
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      throw CommandError("\(name) is UTF-16; save it as UTF-8")
    }
    let mark = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    try bytes.withUnsafeMutableBufferPointer { all in
      let bytes = UnsafeMutableBufferPointer(rebasing: all[mark...])
      if isJSONLines { try readJSONLines(UnsafeBufferPointer(bytes), name) } else { try readCSV(bytes, name) }
    }
    guard ballots.votes > 0 else { throw CommandError("\(name) holds no votes") }
  }

  // MARK: - CSV

  private mutating func readCSV(_ bytes: UnsafeMutableBufferPointer<UInt8>, _ name: String) throws {
    var reader = CSVReader(bytes: bytes)
    guard try reader.next(name) else {
      throw CommandError("\(name) is empty; its first line names the columns \(Self.columns.joined(separator: ", "))")
    }
    let header = (0..<reader.fields.count).map { reader.text($0).trimmingCharacters(in: .whitespaces) }
    func place(_ column: String) throws -> Int? {
      let places = header.indices.filter { header[$0] == column }
      guard places.count < 2 else { throw CommandError("\(name), line 1: the column \(column) is there twice") }
      return places.first
    }
    func required(_ column: String) throws -> Int {
      if let place = try place(column) { return place }
      throw CommandError(
        "\(name), line 1: there is no column \(column); the first line must name"
          + " \(Self.columns.joined(separator: ", ")), and may name count and prompt_id")
    }
    let (a, b, outcome) = (try required("model_a"), try required("model_b"), try required("outcome"))
    let (count, prompt) = (try place("count"), try place("prompt_id"))
    while try reader.next(name) {
      if reader.fields.count == 1, reader.field(0).isEmpty { continue }
      guard reader.fields.count == header.count else {
        throw CommandError(
          "\(name), line \(reader.line): \(reader.fields.count) fields where the header names \(header.count);"
            + " a field with a comma needs quotes")
      }
      try add(
        a: reader.field(a), b: reader.field(b), outcome: reader.field(outcome), count: count.map { reader.field($0) },
        prompt: prompt.map { reader.field($0) }, place: { "\(name), line \(reader.line)" })
    }
  }

  // MARK: - JSON lines

  private mutating func readJSONLines(_ bytes: UnsafeBufferPointer<UInt8>, _ name: String) throws {
    let document = JSONDocument()
    var line = 0
    for slice in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      line += 1
      guard slice.contains(where: { $0 > 0x20 }) else { continue }
      let place = "\(name), line \(line)"
      let view: JSONView
      do throws(JSONDocument.Malformed) {
        view = try document.parse(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[slice.indices]))
      } catch {
        throw CommandError("\(place): not JSON at byte \(error.offset + 1); each line is one object")
      }
      guard view.isObject else { throw CommandError("\(place): not an object; write {\"model_a\": …}") }
      func text(_ view: JSONView?, _ column: String) throws -> String {
        guard let text = view?.string else {
          throw CommandError("\(place): \(column) is missing or not a string")
        }
        return text
      }
      let (a, b) = (try text(view["model_a"], "model_a"), try text(view["model_b"], "model_b"))
      let outcome = try text(view["outcome"], "outcome")
      let count = view["count"].map { $0.numberText ?? $0.string ?? $0.source }
      let prompt = view["prompt_id"].map { $0.string ?? $0.source }
      try Self.withBytes([a, b, outcome, count ?? "", prompt ?? ""]) { fields in
        try add(
          a: fields[0], b: fields[1], outcome: fields[2], count: count == nil ? nil : fields[3],
          prompt: prompt == nil ? nil : fields[4], place: { place })
      }
    }
    guard ballots.rows > 0 else {
      throw CommandError("\(name) is empty; each line is one object with \(Self.columns.joined(separator: ", "))")
    }
  }

  private static func withBytes(
    _ texts: [String], _ body: ([UnsafeBufferPointer<UInt8>]) throws -> Void
  ) rethrows {
    var all: [UInt8] = []
    var ranges: [Range<Int>] = []
    for text in texts {
      let start = all.count
      all += text.utf8
      ranges.append(start..<all.count)
    }
    try all.withUnsafeBufferPointer { all in try body(ranges.map { UnsafeBufferPointer(rebasing: all[$0]) }) }
  }

  // MARK: - One vote

  private mutating func add(
    a: UnsafeBufferPointer<UInt8>, b: UnsafeBufferPointer<UInt8>, outcome: UnsafeBufferPointer<UInt8>,
    count: UnsafeBufferPointer<UInt8>?, prompt: UnsafeBufferPointer<UInt8>?, place: () -> String
  ) throws {
    guard !a.isEmpty, !b.isEmpty else {
      throw CommandError("\(place()): \(a.isEmpty ? "model_a" : "model_b") is empty; write the model's name")
    }
    let (first, second) = (try model(a, place), try model(b, place))
    guard first != second else {
      throw CommandError("\(place()): ‘\(Self.shown(a))’ is compared with itself; model_a and model_b must differ")
    }
    guard let result = Self.outcome(outcome) else {
      throw CommandError("\(place()): the outcome is ‘\(Self.shown(outcome))’; write a, b, tie or both_bad")
    }
    var number = 1
    if let count, !count.isEmpty {
      guard let read = Self.number(count) else {
        throw CommandError(
          "\(place()): the count is ‘\(Self.shown(count))’; write a whole number from 0 to \(Self.largestCount)")
      }
      number = read
    }
    let group = prompt.map { $0.isEmpty ? -1 : prompts.index(of: $0) } ?? -1
    ballots.append(a: first, b: second, outcome: result, count: number, prompt: group)
  }

  private mutating func model(_ name: UnsafeBufferPointer<UInt8>, _ place: () -> String) throws -> Int {
    let index = models.index(of: name)
    if index == ballots.models.count {
      guard index < Self.mostModels else {
        throw CommandError("\(place()): more than \(Self.mostModels) models; are the columns the right ones?")
      }
      ballots.addModel(String(decoding: name, as: UTF8.self))
    }
    return index
  }

  private static func outcome(_ bytes: UnsafeBufferPointer<UInt8>) -> Ballot.Outcome? {
    switch bytes.count {
    case 1: bytes[0] == UInt8(ascii: "a") ? .a : bytes[0] == UInt8(ascii: "b") ? .b : nil
    case 3: bytes.elementsEqual("tie".utf8) ? .tie : nil
    case 8: bytes.elementsEqual("both_bad".utf8) ? .bothBad : nil
    default: nil
    }
  }

  private static func number(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    guard bytes.count <= 10 else { return nil }
    var value = 0
    for byte in bytes {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return value <= largestCount ? value : nil
  }

  /// What stands in the file, short enough for an error.
  private static func shown(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    VisibleText.line(String(decoding: bytes.prefix(60), as: UTF8.self)) + (bytes.count > 60 ? "…" : "")
  }
}
