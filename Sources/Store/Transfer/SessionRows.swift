import Core

/// A session with everything that belongs to it, as rows: what a session file holds and what an import adds. A value.
public struct SessionRows: Equatable, Sendable {
  /// One row's values, in the order of its table's columns.
  typealias Row = [StoredValue]

  private var tables: [[Row]]
  /// The judges' sessions that its verdicts and fits were made by.
  var calls: [SessionRows] = []

  init() { tables = StoredTable.allCases.map { _ in [] } }

  subscript(table: StoredTable) -> [Row] {
    get { tables[table.rawValue] }
    set { tables[table.rawValue] = newValue }
  }

  /// A column of every row of a table.
  func values(_ table: StoredTable, _ column: String) -> [StoredValue] {
    guard let index = table.index(column) else { return [] }
    return self[table].map { $0[index] }
  }

  func integers(_ table: StoredTable, _ column: String) -> [Int64?] { values(table, column).map(\.integer) }
  func texts(_ table: StoredTable, _ column: String) -> [String] { values(table, column).compactMap(\.text) }

  /// Changes a column of every row.
  mutating func change(_ table: StoredTable, _ column: String, _ body: (Row) throws -> StoredValue?) rethrows {
    guard let index = table.index(column) else { return }
    for place in self[table].indices {
      if let value = try body(self[table][place]) { tables[table.rawValue][place][index] = value }
    }
  }

  public var id: String { texts(.session, "id").first ?? "" }
  public var created: Int64 { integers(.session, "created").first.flatMap(\.self) ?? 0 }
  public var title: String { texts(.session, "title").first ?? "" }
  public var turns: Int { self[.turn].count }

  /// Turns whose answers nobody may know the makers of yet.
  public var blindTurns: [Int] {
    let rows = zip(integers(.blind, "turn"), integers(.blind, "revealed"))
    return Set(rows.compactMap { turn, revealed in revealed == nil ? turn.map { Int($0) } : nil }).sorted()
  }

  /// Sessions of calls that its verdicts and fits name.
  var namedCalls: [String] {
    let documents = texts(.judgement, "document") + texts(.fit, "document")
    return documents.flatMap { document in
      (try? JSONDocument().parse(document))?["calls"]?.elements.compactMap(\.string) ?? []
    }
  }

  /// Briefs that its verdicts name.
  var namedBriefs: [String] {
    texts(.judgement, "document").compactMap { (try? JSONDocument().parse($0))?["brief"]?.string }
  }
}

// MARK: - Keys and paths

extension SessionRows {
  /// Takes keys out of everything that people, models and providers wrote, and paths of this machine out of Furlong's own words.
  /// - Parameter paths: each with what stands for it, the longest first.
  public mutating func redact(_ redaction: Redaction, paths: [(path: String, name: String)]) {
    for table in StoredTable.allCases {
      for column in table.columns where column.kind.mayHoldKey && !["text", "reasoning"].contains(column.name) {
        guard let index = table.index(column.name) else { continue }
        change(table, column.name) { row in
          guard let text = row[index].text else { return nil }
          let told = column.isSaid ? paths.reduce(text) { Self.replacing($1.path, in: $0, by: $1.name) } : text
          let clean = redaction.text(told)
          return clean == text ? nil : .text(clean)
        }
      }
    }
    redactAnswers(redaction)
    redactFiles(redaction)
    if let prompt = StoredTable.turn.index("prompt") {
      change(.turn, "prompt_sha256") { row in row[prompt].text.map { .text(SHA256.hexadecimal($0.utf8)) } }
    }
    for index in calls.indices { calls[index].redact(redaction, paths: paths) }
  }

  private static func replacing(_ path: String, in text: String, by name: String) -> String {
    guard path.utf8.count > 1, text.contains(path) else { return text }
    return text.split(separator: path, omittingEmptySubsequences: false).joined(separator: name)
  }

  /// The arrivals follow, so that the chunks still add up to the text.
  private mutating func redactAnswers(_ redaction: Redaction) {
    guard let text = StoredTable.response.index("text"), let reasoning = StoredTable.response.index("reasoning"),
      let arrivals = StoredTable.response.index("arrivals")
    else { return }
    for place in self[.response].indices {
      let row = self[.response][place]
      let written = [row[text].text ?? "", row[reasoning].text ?? ""]
      let cuts = written.map { redaction.cuts(in: Array($0.utf8)) }
      guard cuts.contains(where: { !$0.isEmpty }) else { continue }
      self[.response][place][text] = .text(redaction.text(written[0]))
      self[.response][place][reasoning] = .text(redaction.text(written[1]))
      if let bytes = row[arrivals].bytes {
        self[.response][place][arrivals] = .bytes(
          Arrivals.encoded(Arrivals.chunks(bytes), cuts: cuts, mark: Redaction.mark.utf8.count))
      }
    }
  }

  private mutating func redactFiles(_ redaction: Redaction) {
    guard let type = StoredTable.attachment.index("media_type"), let data = StoredTable.attachment.index("data") else {
      return
    }
    change(.attachment, "data") { row in
      guard row[type].text?.hasPrefix("text/") == true, let bytes = row[data].bytes else { return nil }
      let text = String(decoding: bytes, as: UTF8.self)
      let clean = redaction.text(text)
      return clean == text ? nil : .bytes(Array(clean.utf8))
    }
  }
}

extension Arrivals {
  /// Chunks of texts from which ranges were cut and replaced by `mark` bytes each.
  /// - Parameter cuts: of the answer, and of the reasoning.
  static func encoded(_ chunks: [Chunk], cuts: [[Range<Int>]], mark: Int) -> [UInt8] {
    func moved(_ offset: Int, _ cuts: [Range<Int>]) -> Int {
      var shift = 0
      for cut in cuts {
        if offset <= cut.lowerBound { break }
        if offset < cut.upperBound { return cut.lowerBound + shift + mark }
        shift += mark - cut.count
      }
      return offset + shift
    }
    var arrivals = Arrivals()
    var offsets = [0, 0]
    for chunk in chunks {
      let channel = chunk.channel.rawValue
      let start = moved(offsets[channel], cuts[channel])
      offsets[channel] = offsets[channel].addingSaturating(chunk.length)
      let length = moved(offsets[channel], cuts[channel]) - start
      arrivals.append(chunk.channel, length: length, at: chunk.microseconds * 1000)
    }
    return arrivals.bytes
  }
}
