import Terminal

/// Something that a key, or a line of the palette, does. Each is declared beside the row that says how.
public struct Action: RawRepresentable, Hashable, Sendable {
  /// Its name in the config.
  public let rawValue: String

  public init(rawValue: String) { self.rawValue = rawValue }

  init(_ name: String) { rawValue = name }
}

/// Where a key holds.
public struct KeyPlace: Hashable, Sendable {
  /// As `furlong keys` names it.
  public let name: String
  /// Above its keys in the help.
  let title: String

  init(_ name: String, _ title: String) { (self.name, self.title) = (name, title) }
}

extension KeyPlace {
  static let anywhere = KeyPlace("anywhere", "Anywhere")
  static let prompt = KeyPlace("prompt", "In the prompt")
  /// Prompt and lanes, with nothing over them.
  static let desk = KeyPlace("prompt, lanes", "In prompt and lanes")
  static let lanes = KeyPlace("lanes", "In the lanes")
  /// Lanes and pages: whatever is read.
  static let reading = KeyPlace("lanes, pages", "In lanes and pages")
  /// In whatever stands over the lanes.
  static let window = KeyPlace("windows", "In a window")
  /// A line that is typed within a page.
  static let line = KeyPlace("lines", "Typing a line")
  /// Rows to choose from while letters filter them.
  static let list = KeyPlace("lists", "In a list")
}

/// Times at which only some actions make sense.
enum Circumstance {
  /// It is hidden whose answers they are.
  case hidden
  /// A turn is watched again.
  case replay
}

/// One line of the table of keys: what an action is called, where it can be done, when, and what it does. Help, palette, footer,
/// `furlong keys`, the README and the names in the config are made of these.
public struct KeyRow: Sendable {
  public let action: Action
  public var keys: [Key]
  public let place: KeyPlace
  public let summary: String
  /// For the footer; nil: not told there.
  let label: Label?
  let during: [Circumstance]
  /// A letter that does this may as well begin a word: it waits for what comes next.
  let waits: Bool
  private let why: @Sendable (State) -> String?
  let run: @Sendable (inout State) -> [Command]

  struct Label: Sendable {
    /// Nil: not worth telling now.
    let words: @Sendable (State) -> String?
    /// How early it comes in the footer, lowest first.
    let rank: Int
    /// The other way round, told in one: `↑ ↓`.
    let partner: Action?

    init(_ words: String, _ rank: Int, with partner: Action? = nil) { self.init(rank, with: partner) { _ in words } }

    init(_ rank: Int, with partner: Action? = nil, words: @escaping @Sendable (State) -> String?) {
      (self.rank, self.partner, self.words) = (rank, partner, words)
    }
  }

  /// - Parameters:
  ///   - during: also in these circumstances.
  ///   - waits: see there.
  ///   - unless: why it cannot be done now; nil: it can.
  ///   - run: changes the state and gives what is to be done outside.
  init(
    _ action: Action, _ place: KeyPlace, _ keys: [Key], _ summary: String, label: Label? = nil,
    during: [Circumstance] = [], waits: Bool = false, unless why: @escaping @Sendable (State) -> String? = { _ in nil },
    run: @escaping @Sendable (inout State) -> [Command]
  ) {
    (self.action, self.place, self.keys, self.summary) = (action, place, keys, summary)
    (self.label, self.during, self.waits) = (label, during, waits)
    (self.why, self.run) = (why, run)
  }

  /// Why it cannot be done now, as a sentence without its full stop; nil when it can.
  func obstacle(_ state: State) -> String? {
    guard isMeant(state) else {
      if state.voteDesk != nil { return "the vote desk is open: \(state.keymap.keyName(.windowClose)) closes it" }
      return state.isHidden
        ? "hidden until you have voted; \(state.keymap.keyName(.revealUnvoted)) reveals without a vote"
        : "this is a replay: \(state.keymap.keyName(.endReplay)) ends it"
    }
    return why(state)
  }

  /// Whether it makes sense in the circumstances.
  func isMeant(_ state: State) -> Bool {
    guard place.isOfTheTurn else { return true }
    return (!state.isComparing || during.contains(.hidden)) && (state.playback == nil || during.contains(.replay))
  }
}

extension KeyPlace {
  /// What is done there concerns the turn in view.
  fileprivate var isOfTheTurn: Bool { [.anywhere, .prompt, .lanes, .reading, .desk].contains(self) }
}
