import Core
import Engine
import Terminal

/// What stands on the home page, before it is laid out: sections of rows.
struct HomePage {
  struct Row: Equatable {
    /// Before the text, quietly, and as wide in all rows of the section.
    var lead = ""
    var text: String
    /// At the right.
    var end = ""
    var role = Role.text
    var choice: HomeChoice?
  }

  struct Section: Equatable {
    var title: String
    /// At the right of the title.
    var note = ""
    /// Below the title, on as many lines as they need.
    var words: [Span] = []
    var rows: [Row]
  }

  private let state: State
  private let found: HomeInquiry.Found?

  init(_ home: HomeLayer, _ state: State) {
    (self.state, found) = (state, home.found?.value)
  }

  /// Nothing can be asked nor read: then keys come before all else.
  private var isBare: Bool {
    guard let found else { return false }
    return state.asked.isEmpty && found.sessions.isEmpty && missing.count == found.keys.count
  }

  private var missing: [ProviderKey] { found?.keys.filter { $0.origin == nil } ?? [] }

  var sections: [Section] {
    let keys = keys
    return isBare ? [keys, sessions, samples] : [sessions, samples, keys]
  }

  /// What the cursor goes over, in order; nothing before all of it is there, or Enter would open what is about to move away.
  var choices: [HomeChoice] { found == nil ? [] : sections.flatMap { $0.rows.compactMap(\.choice) } }

  // MARK: Sections

  private var sessions: Section {
    let all = "\(keys(.sessions)) all of them"
    guard let found else {
      return Section(title: "Recent sessions", words: [Span("reading …", Style(.quiet))], rows: [])
    }
    if found.sessions.isEmpty {
      return Section(
        title: "Recent sessions", words: [Span("None yet. What you race is kept, and shows here.", Style(.quiet))],
        rows: [])
    }
    let shown = found.sessions.prefix(Self.mostSessions(state))
    let ends = shown.map(end)
    // Titles get the room that winners and costs do not need.
    let widths = (ends.map { TextWidth.of($0.who) }.max() ?? 0, ends.map { TextWidth.of($0.cost) }.max() ?? 0)
    let rows = zip(shown, ends).map { session, end in
      let name = VisibleText.line(session.name)
      return Row(
        lead: String(localTime(session.created).dropFirst(5)), text: name.isEmpty ? "(no title)" : name,
        end: Self.padding(end.who, to: widths.0, after: true) + "  " + Self.padding(end.cost, to: widths.1),
        choice: .session(session.id))
    }
    return Section(title: "Recent sessions", note: found.sessions.count > shown.count ? all : "", rows: rows)
  }

  /// As many as leave the other sections in sight.
  private static func mostSessions(_ state: State) -> Int {
    let isWide = HomePane.isWide(state)
    return max(3, state.screen.height - (isWide ? 21 : 20))
  }

  private func end(_ session: SessionSummary) -> (who: String, cost: String) {
    let winner = session.isBlind ? "blind" : session.winner.map(Self.short) ?? ""
    let room = state.screen.width < 76 ? 12 : state.screen.width < 150 ? 18 : 30
    let cost = Readable.total(session.cost, hasUnknown: session.hasUnknownCost).replacing(" + ", with: "+")
    return (TextWidth.fittedInTheMiddle(winner, columns: room), cost)
  }

  private static func padding(_ text: String, to columns: Int, after: Bool = false) -> String {
    let blanks = String(repeating: " ", count: max(0, columns - TextWidth.of(text)))
    return after ? text + blanks : blanks + text
  }

  /// Without its provider.
  private static func short(_ model: String) -> String {
    let name = VisibleText.line(model)
    return name.firstIndex(of: "/").map { String(name[name.index(after: $0)...]) } ?? name
  }

  private var samples: Section {
    Section(
      title: "Prompts to begin with",
      rows: HomeLayer.samples.enumerated().map { Row(text: $0.element, choice: .sample($0.offset)) })
  }

  private var keys: Section {
    guard let found else { return Section(title: "Keys", rows: []) }
    let there = found.keys.filter { $0.origin != nil }
    var words: [Span] = []
    for key in there {
      words.append(Span((words.isEmpty ? "" : ", ") + Self.name(key), Style(.good)))
      words.append(Span(" (\(VisibleText.line(key.origin?.words ?? "")))", Style(.quiet)))
    }
    let open = state.keymap.keyName(.homeOpen)
    if !missing.isEmpty {
      let first = there.isEmpty ? "None found yet: " : ". The others lack one: "
      words.append(Span("\(first)\(open) on a provider takes its key, or set the variable.", Style(.quiet)))
    }
    let count = found.keys.count
    return Section(
      title: "Keys", note: "\(there.count) of \(count) found", words: words,
      rows: missing.map { key in
        Row(
          lead: Self.name(key), text: key.variable.map { VisibleText.line($0) } ?? "no variable", role: .quiet,
          choice: .key(key.services.first ?? ""))
      })
  }

  private static func name(_ key: ProviderKey) -> String { VisibleText.line(key.services.first ?? "") }

  // MARK: Head

  /// A line of the head: what one can do, or how things stand.
  struct Headline {
    var label: String
    var words: String
    var isState = false
  }

  /// What one can do, whom it asks and what was spent.
  func head(isLow: Bool) -> [Headline] {
    let lanes = Headline(label: "lanes", words: lanes, isState: true)
    let keyLine = Headline(label: "keys", words: keyWords, isState: true)
    let spent = Headline(label: "spent", words: spent, isState: true)
    if isLow {
      let words = "\(writing) · judge \(keys(.judge)) · look back \(keys(.sessions))"
      return [Headline(label: "race", words: words), state.asked.isEmpty ? lanes : spent, keyLine]
    }
    let race = "write below and press \(state.keymap.keyName(.send)): all lanes answer at once"
    let judge = "\(keys(.judge)): a judge compares the answers; \(keys(.blind)): you vote without names"
    let past = "\(keys(.sessions)): all sessions; \(keys(.leaderboard)): leaderboard; \(keys(.costs)): costs"
    return [
      Headline(label: "race", words: race), Headline(label: "judge", words: judge),
      Headline(label: "look back", words: past), lanes, keyLine, spent,
    ]
  }

  /// Which keys there are: the section that tells more of them may be out of sight.
  private var keyWords: String {
    guard let found else { return "" }
    let names = found.keys.filter { $0.origin != nil }.map(Self.name).joined(separator: ", ")
    let rest = missing.isEmpty ? "" : "\(names.isEmpty ? "" : "; ")\(missing.count) can be added here"
    return (names.isEmpty ? "none found; " : names) + rest
  }

  private var writing: String { "write, \(state.keymap.keyName(.send))" }

  /// The keys of an action of the lanes, from the prompt.
  private func keys(_ action: Action) -> String {
    "\(state.keymap.keyName(.places)) \(state.keymap.laneKeyName(action))"
  }

  private var lanes: String {
    if state.asked.isEmpty { return "none yet: give a key below, or \(keys(.add)) adds one" }
    return state.asked.map { VisibleText.line(state.lanes[$0].title) }.joined(separator: ", ")
  }

  private var spent: String {
    guard let found else { return "" }
    func words(_ when: String, _ amount: Money, _ limit: Money?) -> String {
      "\(when) \(amount.screenText)" + (limit.map { " of \($0.screenText)" } ?? "")
    }
    return words("today", found.today, state.money.budget.perDay) + " \(state.screen.borders.dot) "
      + words("this month", found.month, state.money.budget.perMonth)
  }
}
