import Core
import Engine
import Judging
import Ranking
import Terminal

extension KeyPlace {
  static let verdicts = KeyPlace("verdicts", "On the page of verdicts")
}

extension Action {
  static let verdictConfirm = Action("verdicts.confirm"), verdictsClose = Action("verdicts.close")
  static let verdictsAgain = Action("verdicts.judge-again"), verdictsOther = Action("verdicts.other-judge")
  static let verdictsCriteria = Action("verdicts.criteria")
}

/// Everything the judges said of the turn in view, as it comes in.
struct VerdictsPage: PageLayer {
  static let place = KeyPlace.verdicts

  private var evidence: Reading<Standings>?
  /// What the judges went by, by id; empty ones are asked for.
  private var briefs: [String: Brief] = [:]
  var cursor = PageCursor()

  static let keys: [KeyRow] = [
    KeyRow(
      .verdictConfirm, .verdicts, [.character("a")], "let quarantined verdicts count",
      label: Label("let quarantined ones count", 2),
      unless: { $0.verdicts.contains(where: \.isOpenQuarantine) ? nil : "no verdict is quarantined" }
    ) { $0.confirmVerdicts() },
    KeyRow(
      .verdictsAgain, .verdicts, [.character("J")], "judge again, by the same judges",
      label: Label(3) { "judge again\($0.judgingPrice)" }
    ) { $0.startJudging() },
    KeyRow(
      .verdictsOther, .verdicts, [.character("o")], "ask another judge",
      label: Label(4) { "another judge\($0.judgingPrice)" }
    ) { $0.chooseJudge() },
    KeyRow(
      .verdictsCriteria, .verdicts, [.character("C")], "edit the criteria, to judge again by them",
      label: Label("criteria", 5)
    ) { $0.editCriteria() },
    KeyRow(.verdictsClose, .verdicts, [.character("V")], "close the verdicts") { $0.closeTop() },
  ]

  func opened(_ state: State) -> [Command] { [.inquire(EvidenceInquiry())] }

  /// Verdicts come in while one reads: their criteria are read when they are there.
  mutating func tick(_ state: State) -> [Command] {
    let unknown = Set(state.verdicts.compactMap(\.brief)).subtracting(briefs.keys)
    guard !unknown.isEmpty else { return [] }
    for id in unknown { briefs[id] = Brief() }
    return [.inquire(BriefsInquiry(ids: unknown.sorted()))]
  }

  mutating func hear(_ answer: any Sendable, _ state: State) -> [Command] {
    if let found = answer as? BriefsInquiry.Found { briefs.merge(found.briefs) { $1 } }
    if let found = answer as? EvidenceInquiry.Found { evidence = found.standings.map { Reading($0) } }
    return []
  }

  func page(_ state: State, width: Int) -> Page {
    var page = Page.verdicts(state, briefs: briefs)
    if let evidence { page.blocks += Page.evidence(evidence.value, among: state.shownNames) }
    return page
  }
}

extension Judgement {
  var isOpenQuarantine: Bool { outcome.isQuarantined && !isConfirmed }
}

/// What judges went by.
struct BriefsInquiry: Inquiry {
  struct Found: Sendable { let briefs: [String: Brief] }

  let ids: [String]

  func answer(_ engine: Engine) throws -> Found {
    engine.store.waitUntilWritten()
    var briefs: [String: Brief] = [:]
    for id in ids { briefs[id] = try engine.store.brief(id)?.brief }
    return Found(briefs: briefs)
  }
}

/// What all votes so far say.
struct EvidenceInquiry: Inquiry {
  struct Found: Sendable { let standings: Standings? }

  func answer(_ engine: Engine) throws -> Found {
    Found(standings: try? engine.board(.human, Standings.Options()).standings)
  }
}

extension State {
  /// What the verdicts on this turn have cost, for whoever is about to ask for more: ` (~$0.0040)`; empty where nothing was paid.
  fileprivate var judgingPrice: String {
    let cost = verdicts.map(\.cost).reduce(.zero, +)
    return cost > .zero ? " (~\(cost.screenText))" : ""
  }

  var shownNames: Set<String> { Set(shown.map(laneName)) }

  /// Beside the answers first, then all of it on a page.
  mutating func showVerdicts() -> [Command] {
    guard !verdicts.isEmpty else {
      // It fills itself.
      if findings.judging != nil { return open(VerdictsPage()) }
      return tell("no verdict on this turn: \(keymap.keyName(.judge)) asks the judge")
    }
    if desk.panel == .verdicts { return open(VerdictsPage()) }
    desk.panel = .verdicts
    return []
  }

  /// Quarantined verdicts of the latest turn count from now on.
  fileprivate mutating func confirmVerdicts() -> [Command] {
    let open = verdicts.filter(\.isOpenQuarantine)
    for verdict in open {
      if let index = findings.judgements.firstIndex(where: { $0.id == verdict.id }) {
        findings.judgements[index].isConfirmed = true
      }
    }
    message = "\(Readable.count(open.count, "quarantined verdict")) counts now"
    return open.map { .confirmJudgement(id: $0.id) }
  }
}
