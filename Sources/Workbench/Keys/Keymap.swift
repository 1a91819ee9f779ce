import Terminal

/// Which keys do what: the rows of all layers in one table, with the person's own keys.
public struct Keymap: Equatable, Sendable {
  public private(set) var rows: [KeyRow] = Keymap.table
  /// Rows by place and key; the footer asks for many with every frame.
  private var places = Keymap.index(Keymap.table)

  /// In the order of the help. Rows without a key are in the palette only.
  private static let table: [KeyRow] =
    KeyRow.prompt + KeyRow.desk + KeyRow.reading + KeyRow.lanes + LayerKinds.all.flatMap { $0.keys } + KeyRow.pages
    + KeyRow.list + KeyRow.lines + KeyRow.windows
    + KeyRow.anywhere

  public init() {}

  public static func == (a: Keymap, b: Keymap) -> Bool { a.rows.map(\.keys) == b.rows.map(\.keys) }

  /// - Parameter overrides: key names by action name, as in the config.
  /// - Returns: what is wrong with them, each a sentence; those rows keep their default.
  public init(overrides: [String: String], faults: inout [String]) {
    for (name, text) in overrides.sorted(by: { $0.key < $1.key }) {
      guard let index = rows.firstIndex(where: { $0.action.rawValue == name }) else {
        faults.append("keys: no action ‘\(name)’; furlong keys lists them")
        continue
      }
      let keys = text.split(separator: " ").map { Key(name: String($0)) }
      // An empty text, or `none`, takes the key away.
      if text.isEmpty || text == "none" {
        rows[index].keys = []
        continue
      }
      guard !keys.contains(nil) else {
        faults.append("keys: ‘\(text)’ for \(name) is no key; write one like x, Ctrl-X or PgDn, several, or none")
        continue
      }
      rows[index].keys = keys.compactMap(\.self)
    }
    places = Self.index(rows)
    checkConflicts(&faults)
  }

  private struct Rows {
    var all: [Int] = []
    var byKey: [Key: Int] = [:]
  }

  private static func index(_ rows: [KeyRow]) -> [KeyPlace: Rows] {
    var places: [KeyPlace: Rows] = [:]
    for (index, row) in rows.enumerated() {
      places[row.place, default: Rows()].all.append(index)
      for key in row.keys where places[row.place]?.byKey[key] == nil { places[row.place]?.byKey[key] = index }
    }
    return places
  }

  /// Within a place a key means one thing, and in prompt and lanes nothing else than anywhere.
  private func checkConflicts(_ faults: inout [String]) {
    var places: [[KeyPlace]] = [[.prompt, .desk, .anywhere], [.lanes, .reading, .desk, .anywhere]]
    for place in rows.map(\.place) where !places.contains(where: { $0.contains(place) }) { places.append([place]) }
    for together in places {
      var owners: [Key: KeyRow] = [:]
      for row in rows where together.contains(row.place) {
        for key in row.keys {
          if let other = owners[key] {
            faults.append("keys: \(key.name) is both \(other.action.rawValue) and \(row.action.rawValue)")
          }
          owners[key] = row
        }
      }
    }
  }

  /// What a key means where the person is.
  /// - Parameters:
  ///   - places: the most special first.
  ///   - takesText: plain characters are text there.
  func row(for key: Key, in places: [KeyPlace], takesText: Bool) -> KeyRow? {
    if takesText, case .character = key { return nil }
    for place in places {
      if let index = self.places[place]?.byKey[key] { return rows[index] }
    }
    return nil
  }

  /// Of a place, in the order of the table.
  func rows(in place: KeyPlace) -> [KeyRow] { (places[place]?.all ?? []).map { rows[$0] } }

  func row(_ action: Action) -> KeyRow? { rows.first { $0.action == action } }

  public func keyName(_ action: Action) -> String { row(action)?.keys.first?.name ?? "" }

  /// Where letters are no text, a single letter is shown before any other key of the action.
  func laneKeyName(_ action: Action) -> String { row(action)?.letter ?? "" }
}

extension KeyRow {
  var letter: String {
    (keys.first { if case .character = $0 { true } else { false } } ?? keys.first)?.name ?? ""
  }
}
