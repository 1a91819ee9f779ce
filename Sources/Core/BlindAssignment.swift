/// Which lane stands on which side while nobody may know. The SHA-256 of `text` is stored before any answer shows, the text
/// itself is told after the votes, so that everyone can check that nothing was moved meanwhile.
public struct BlindAssignment: Equatable, Sendable {
  /// Two lanes of one turn beside each other.
  public struct Pair: Hashable, Sendable {
    public var left: Int
    public var right: Int

    public init(left: Int, right: Int) {
      self.left = left
      self.right = right
    }

    public func has(_ lane: Int) -> Bool { left == lane || right == lane }
  }

  /// Twelve hexadecimal digits.
  public var id: String
  public var session: String
  public var turn: Int
  /// By lane number: what is hidden.
  public var lanes: [Int: String]
  /// In the order they are shown.
  public var pairs: [Pair]
  /// 128 random bits: without them the few possible assignments could be tried out against the hash.
  public var salt: String

  public init(id: String, session: String, turn: Int, lanes: [Int: String], pairs: [Pair], salt: String) {
    self.id = id
    self.session = session
    self.turn = turn
    self.lanes = lanes
    self.pairs = pairs
    self.salt = salt
  }

  /// All pairs of these lanes, in random order and with random sides. Id and salt are drawn as well.
  public static func draw(
    session: String, turn: Int, lanes: [(number: Int, text: String)], using random: inout some RandomNumberGenerator
  ) -> BlindAssignment {
    var pairs: [Pair] = []
    for (place, first) in lanes.enumerated() {
      for second in lanes[(place + 1)...] {
        pairs.append(
          Bool.random(using: &random)
            ? Pair(left: first.number, right: second.number) : Pair(left: second.number, right: first.number))
      }
    }
    pairs.shuffle(using: &random)
    return BlindAssignment(
      id: Session.newID(using: &random), session: session, turn: turn,
      lanes: Dictionary(lanes.map { ($0.number, $0.text) }, uniquingKeysWith: { first, _ in first }), pairs: pairs,
      salt: newSalt(using: &random))
  }

  /// See `salt`.
  public static func newSalt(using random: inout some RandomNumberGenerator) -> String { random.hexadecimalDigits(32) }

  /// What is hashed: compact JSON, lanes by number, pairs as shown.
  public var text: String {
    let lanes = lanes.sorted { $0.key < $1.key }.map { lane -> JSON in
      ["lane": .int(lane.key), "model": .string(lane.value)]
    }
    let document: JSON = [
      "id": .string(id), "session": .string(session), "turn": .int(turn), "lanes": .array(lanes),
      "pairs": .array(pairs.map { [.int($0.left), .int($0.right)] }), "salt": .string(salt),
    ]
    return document.serialized()
  }

  public var sha256: String { SHA256.hexadecimal(text.utf8) }

  /// What `text` wrote; nil for anything else.
  public init?(text: String) {
    guard let view = try? JSONDocument().parse(text), let id = view["id"]?.string,
      let session = view["session"]?.string, let turn = view["turn"]?.count, let salt = view["salt"]?.string
    else { return nil }
    var lanes: [Int: String] = [:]
    for lane in view["lanes"]?.elements ?? [] {
      if let number = lane["lane"]?.count { lanes[number] = lane["model"]?.string ?? "" }
    }
    let pairs = (view["pairs"]?.elements ?? []).compactMap { pair -> Pair? in
      let sides = pair.elements.compactMap(\.count)
      return sides.count == 2 ? Pair(left: sides[0], right: sides[1]) : nil
    }
    self.init(id: id, session: session, turn: turn, lanes: lanes, pairs: pairs, salt: salt)
  }
}

/// A person's preference between two answers whose makers were hidden. Append-only: one that was taken back before the reveal
/// is marked so, and stays.
public struct Vote: Equatable, Sendable {
  public enum Choice: String, CaseIterable, Sendable {
    case left, right, tie, bothBad = "both_bad"

    public var words: String { self == .bothBad ? "both bad" : rawValue }
  }

  /// Twelve hexadecimal digits.
  public var id: String
  /// Seconds since 1970.
  public var created: Int64
  /// The assignment that it was cast under.
  public var assignment: String
  public var left: ResponseKey
  public var right: ResponseKey
  public var choice: Choice
  /// The vote on the same pair that this one repeats, with sides exchanged.
  public var repeats: String?
  /// From both answers on the screen to the vote, in nanoseconds; nil when nobody knows.
  public var time: Int64?
  /// Why, in the person's words.
  public var note: String?
  /// One choice among more than two answers implies several votes, which share this. They are not independent.
  public var impliedBy: String?

  public init(
    id: String, created: Int64, assignment: String, left: ResponseKey, right: ResponseKey,
    choice: Choice, repeats: String? = nil, time: Int64? = nil, note: String? = nil, impliedBy: String? = nil
  ) {
    self.id = id
    self.created = created
    self.assignment = assignment
    self.left = left
    self.right = right
    self.choice = choice
    self.repeats = repeats
    self.time = time
    self.note = note
    self.impliedBy = impliedBy
  }
}

/// The answer of a turn that a person likes best, picked in the open: with names, times and costs beside it. Never counted among
/// votes. Append-only: the last of a turn holds.
public struct Pick: Equatable, Sendable {
  /// Twelve hexadecimal digits.
  public var id: String
  /// Seconds since 1970.
  public var created: Int64
  public var answer: ResponseKey
  /// The one before it is taken back, and none holds.
  public var isTakenBack: Bool

  public init(id: String, created: Int64, answer: ResponseKey, isTakenBack: Bool = false) {
    self.id = id
    self.created = created
    self.answer = answer
    self.isTakenBack = isTakenBack
  }
}
