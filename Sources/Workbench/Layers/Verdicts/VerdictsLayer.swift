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
}

/// Everything the judges said of the turn in view, as it comes in.
struct VerdictsPage: PageLayer {
  static let place = KeyPlace.verdicts

  private var evidence: Reading<Standings>?
  var cursor = PageCursor()

  static let keys: [KeyRow] = [
    KeyRow(
      .verdictConfirm, .verdicts, [.character("a")], "let quarantined verdicts count",
      label: Label("let quarantined ones count", 2),
      unless: { $0.verdicts.contains(where: \.isOpenQuarantine) ? nil : "no verdict is quarantined" }
    ) { $0.confirmVerdicts() },
    KeyRow(.verdictsClose, .verdicts, [.character("V")], "close the verdicts") { $0.closeTop() },
  ]

  func opened(_ state: State) -> [Command] { [.inquire(EvidenceInquiry())] }

  mutating func hear(_ answer: any Sendable, _ state: State) -> [Command] {
    if let found = answer as? EvidenceInquiry.Found { evidence = found.standings.map { Reading($0) } }
    return []
  }

  func page(_ state: State, width: Int) -> Page {
    var page = Page.verdicts(state)
    if let evidence { page.blocks += Page.evidence(evidence.value, among: state.shownNames) }
    return page
  }
}

extension Judgement {
  var isOpenQuarantine: Bool { outcome.isQuarantined && !isConfirmed }
}

/// What all votes so far say.
struct EvidenceInquiry: Inquiry {
  struct Found: Sendable { let standings: Standings? }

  func answer(_ engine: Engine) throws -> Found {
    Found(standings: try? engine.board(.human, Standings.Options()).standings)
  }
}

extension State {
  var shownNames: Set<String> { Set(shown.map(laneName)) }

  /// Beside the answers first, then all of it on a page.
  mutating func showVerdicts() -> [Command] {
    guard !verdicts.isEmpty else {
      return tell(
        findings.judging == nil
          ? "no verdict on this turn: \(keymap.keyName(.judge)) asks the judge" : "the judge is at work")
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
