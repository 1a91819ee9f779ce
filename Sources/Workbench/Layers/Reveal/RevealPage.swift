import Core
import Dispatch
import Engine
import Ranking
import Terminal

extension KeyPlace {
  static let reveal = KeyPlace("reveal", "When it is revealed who was who")
}

/// Who was who, and what came of the votes.
struct RevealPage: PageLayer {
  static let place = KeyPlace.reveal

  let reading: BlindReading
  private var found: Reading<RevealInquiry.Found>?
  var cursor = PageCursor()

  init(_ reading: BlindReading) { self.reading = reading }

  mutating func hear(_ answer: any Sendable, _ state: State) -> [Command] {
    if let answer = answer as? RevealInquiry.Found, answer.assignment == reading.assignment.id {
      found = Reading(answer)
    }
    return []
  }

  func page(_ state: State, width: Int) -> Page {
    var page = Page.reveal(reading, state)
    guard let found = found?.value else { return page }
    page.blocks.append(
      .text(
        found.isSame
          ? "Checked: it is what was stored before any answer showed."
          : "This is not what was stored before the answers showed: do not trust this vote.",
        found.isSame ? .good : .bad))
    if let standings = found.standings {
      page.blocks += Page.evidence(standings, among: Set(reading.assignment.lanes.values))
    }
    return page
  }
}

/// Whether the assignment is what was stored before the answers showed, and what all votes say by now.
struct RevealInquiry: Inquiry {
  struct Found: Sendable {
    let assignment: String
    let isSame: Bool
    let standings: Standings?
  }

  let assignment: String
  let sha256: String

  func answer(_ engine: Engine) throws -> Found {
    // What has just been voted counts in the evidence.
    let written = DispatchSemaphore(value: 0)
    engine.store.commit { _ in written.signal() }
    _ = written.wait(timeout: .now() + 5)
    let kept = try engine.store.assignment(assignment)
    return Found(
      assignment: assignment, isSame: kept?.sha256 == sha256,
      standings: try? engine.board(.human, Standings.Options()).standings)
  }
}
