import Core
import Engine
import Terminal

extension KeyPlace {
  static let costs = KeyPlace("costs", "On the page of costs")
}

extension Action {
  static let costsNext = Action("costs.next"), costsBefore = Action("costs.previous")
}

/// The ledger: what was spent, on what, and how fast it was.
struct CostsPage: PageLayer {
  static let place = KeyPlace.costs

  private(set) var grouping = Ledger.Grouping.model
  private var found: Reading<CostsInquiry.Found>?
  var cursor = PageCursor()

  static let keys: [KeyRow] = [
    row(
      .costsNext, [.tab], "by model, provider, day, session, purpose", 1,
      Label("by model, provider, day, session, purpose", 2)),
    row(.costsBefore, [.shiftTab], "the same, the other way round", -1),
  ]

  private static func row(
    _ action: Action, _ keys: [Key], _ summary: String, _ step: Int, _ label: Label? = nil
  ) -> KeyRow {
    KeyRow(action, .costs, keys, summary, label: label) { state in
      state.edit(CostsPage.self) { page, _ in
        page.grouping = page.grouping.after(step)
        page.cursor = PageCursor()
        return []
      }
    }
  }

  func opened(_ state: State) -> [Command] { [.inquire(CostsInquiry())] }

  mutating func hear(_ answer: any Sendable, _ state: State) -> [Command] {
    if let answer = answer as? CostsInquiry.Found { found = Reading(answer) }
    return []
  }

  func page(_ state: State, width: Int) -> Page {
    guard let found = found?.value else { return Page(title: "Costs", blocks: [.text("reading …", .quiet)]) }
    return Page.costs(
      found.ledger, by: grouping, today: found.today, budget: state.money.budget, width: width,
      ascii: state.screen.borders.isASCII)
  }
}

/// All calls of the ledger.
struct CostsInquiry: Inquiry {
  struct Found: Sendable {
    let ledger: Ledger
    /// Spent since midnight.
    let today: Money
  }

  func answer(_ engine: Engine) throws -> Found {
    Found(ledger: Ledger(try engine.store.ledger(), day: localDay), today: try engine.spentToday())
  }
}
