import Core
import Engine
import Terminal

extension KeyPlace {
  static let home = KeyPlace("home", "On the home page")
}

extension Action {
  static let home = Action("home"), homeOpen = Action("home.open"), homeClose = Action("home.close")
  static let homeUp = Action("home.up"), homeDown = Action("home.down")
}

/// What a row of the home page is about.
enum HomeChoice: Hashable, Sendable {
  case session(String)
  /// A sample prompt, by its place.
  case sample(Int)
  /// The first service of a key that is not there.
  case key(String)
}

/// The page to begin at, in the place of the lanes: what was raced lately, prompts to begin with, which keys there are, what was
/// spent. The prompt below it stays in use: the first letter closes the page.
struct HomeLayer: Layer {
  private(set) var found: Reading<HomeInquiry.Found>?
  /// The row the cursor is on; nil: the first.
  private(set) var chosen: HomeChoice?
  /// What was being written when it was opened.
  private let draft: String

  init(draft: String) { self.draft = draft }

  static let samples = [
    "Why are there two tides a day, and not one? Three sentences, for a curious child.",
    "A bat and a ball cost $1.10; the bat costs $1 more than the ball. What does the ball cost, and why do many people err?",
    "Write a shell command that lists the ten largest files below this folder, and explain each part of it.",
    "Name the three strongest arguments against an opinion that you would rather hold.",
  ]

  static let keys: [KeyRow] = [
    KeyRow(
      .homeOpen, .home, [.enter], "open the session, take the prompt, or add the key",
      label: Label(0) { state in
        switch state.layers.topmost(HomeLayer.self)?.choice(state) {
        case .session: "open"
        case .sample: "take it"
        case .key: "add the key"
        case nil: nil
        }
      },
      unless: { $0.layers.topmost(HomeLayer.self)?.choice($0) == nil ? "nothing is chosen" : nil }
    ) { $0.takeFromHome() },
    KeyRow(.homeUp, .home, [.up], "row above") { $0.move(.lines(-1)) },
    KeyRow(.homeDown, .home, [.down], "row below", label: Label("choose", 1, with: .homeUp)) { $0.move(.lines(1)) },
    KeyRow(.homeClose, .home, [.escape], "to the prompt (so does any letter)", label: Label("prompt", 3)) {
      $0.closeTop()
    },
    KeyRow(
      .home, .anywhere, [], "home: recent sessions, sample prompts, keys, costs",
      unless: { $0.isStreaming ? "lanes are still answering" : nil }
    ) { state in
      state.closeAll()
      state.place = .prompt
      return state.open(HomeLayer(draft: state.draft.composer.text))
    },
  ]

  func places(_ state: State) -> [KeyPlace] { [.home] }
  var isWindow: Bool { false }
  var coversLanes: Bool { true }
  func stays(_ state: State) -> Bool { state.place == .prompt && state.draft.composer.text == draft }

  func opened(_ state: State) -> [Command] { [.inquire(HomeInquiry())] }
  /// Sessions may have been deleted or named meanwhile.
  func uncovered(_ state: State) -> [Command] { opened(state) }

  mutating func hear(_ answer: any Sendable, _ state: State) -> [Command] {
    if let answer = answer as? HomeInquiry.Found { found = Reading(answer) }
    // A key that came changes what there is to be chosen.
    return answer is KeptKey ? [.inquire(HomeInquiry())] : []
  }

  mutating func move(_ step: Step, _ state: State) -> [Command] {
    let all = HomePage(self, state).choices
    let place = choice(state).flatMap(all.firstIndex) ?? 0
    if !all.isEmpty { chosen = all[step.moved(place, height: 8, count: all.count)] }
    return []
  }

  /// What the cursor is on: what was chosen, while it is there.
  func choice(_ state: State) -> HomeChoice? {
    let all = HomePage(self, state).choices
    return chosen.flatMap { all.contains($0) ? $0 : nil } ?? all.first
  }

  func draw(_ state: State, _ layouts: Layouts, _ frame: inout Frame) { HomePane.draw(self, state, layouts, &frame) }
}

/// What the home page shows of the database and the keys.
struct HomeInquiry: Inquiry {
  struct Found: Sendable {
    /// The latest first.
    var sessions: [SessionSummary] = []
    var keys: [ProviderKey] = []
    /// Spent since midnight, and since the first of the month.
    var today = Money.zero
    var month = Money.zero
  }

  func answer(_ engine: Engine) throws -> Found {
    Found(
      sessions: try engine.store.sessions(limit: 40), keys: engine.providerKeys(), today: try engine.spentToday(),
      month: try engine.spentThisMonth())
  }
}

extension State {
  fileprivate mutating func takeFromHome() -> [Command] {
    guard let home = layers.topmost(HomeLayer.self) else { return [] }
    switch home.choice(self) {
    case .session(let id): return [.open(session: id, at: nil)]
    case .sample(let place):
      draft.composer.set(HomeLayer.samples[place])
      return [.warm(lineup)]
    case .key(let service):
      guard let key = home.found?.value.keys.first(where: { $0.services.first == service }) else { return [] }
      return open(KeyEntry(provider: key))
    case nil: return []
    }
  }
}
