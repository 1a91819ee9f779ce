/// One line of the list of sessions.
public struct SessionSummary: Equatable, Sendable {
  public var id: String
  /// Seconds since 1970.
  public var created: Int64
  public var title: String
  public var turns: Int
  /// Of the lanes, in their order.
  public var models: [String]
  /// Sum of the known costs.
  public var cost: Money
  public var hasUnknownCost: Bool
  /// Beginnings of the first and of the last prompt.
  public var firstPrompt = ""
  public var lastPrompt = ""
  /// The model that won the last turn; not told while that turn is blind.
  public var winner: String?
  /// Votes that stand; not told while the last turn is blind.
  public var votes: Int?
  /// The last turn has not been revealed yet.
  public var isBlind = false
  public var tags: [String] = []
  /// What came of the answers: the least good that there is.
  public var state: ResponseState?
  /// See `Disagreement`: the most of its turns.
  public var disagreement = 0.0
  /// Where the words that were looked for stand.
  public var hit: SearchHit?

  public init(
    id: String, created: Int64, title: String, turns: Int, models: [String], cost: Money, hasUnknownCost: Bool
  ) {
    self.id = id
    self.created = created
    self.title = title
    self.turns = turns
    self.models = models
    self.cost = cost
    self.hasUnknownCost = hasUnknownCost
  }

  /// What a list calls the session.
  public var name: String { title.isEmpty ? firstPrompt : Session.shownTitle(title) }
}

/// The best place in a session for the words that were looked for.
public struct SearchHit: Equatable, Sendable {
  public struct Piece: Equatable, Sendable {
    public var text: String
    public var isMatch: Bool

    public init(_ text: String, isMatch: Bool = false) { (self.text, self.isMatch) = (text, isMatch) }
  }

  public var turn: Int
  /// Whose answer it is in; nil for a prompt, and while the turn is blind.
  public var model: String?
  public var isPrompt: Bool
  /// In the session's title, which the person has given.
  public var isTitle = false
  /// The text around; empty for an answer of a blind turn.
  public var pieces: [Piece]

  public init(turn: Int, model: String? = nil, isPrompt: Bool, pieces: [Piece]) {
    self.turn = turn
    self.model = model
    self.isPrompt = isPrompt
    self.pieces = pieces
  }

  /// Where it is, in a word.
  public var place: String { isTitle ? "title" : isPrompt ? "prompt" : "answer" }

  public var text: String { pieces.map(\.text).joined() }
}
