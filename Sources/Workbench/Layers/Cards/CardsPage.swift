import Core
import Engine
import Judging
import Terminal

extension KeyPlace {
  static let cards = KeyPlace("judge cards", "On the page of judge cards")
}

/// What each judge's verdicts are worth.
struct CardsPage: PageLayer {
  static let place = KeyPlace.cards

  private var found: Reading<CardsInquiry.Found>?
  var cursor = PageCursor()

  func opened(_ state: State) -> [Command] { [.inquire(CardsInquiry())] }

  mutating func hear(_ answer: any Sendable, _ state: State) -> [Command] {
    if let answer = answer as? CardsInquiry.Found { found = Reading(answer) }
    return []
  }

  func page(_ state: State, width: Int) -> Page {
    guard let cards = found?.value.cards else {
      return Page(title: "Judge cards", blocks: [.text("reading …", .quiet)])
    }
    var blocks = cards.flatMap { judge, lines -> [Page.Block] in
      [
        .heading(judge),
        .table(header: ["", ""], rows: lines.rows.map { Page.Row([$0.name, $0.value]) }, numeric: []),
        .space,
      ]
    }
    if blocks.isEmpty { blocks = [.text("No card is kept: furlong judge-card provider/model makes one.")] }
    return Page(title: "Judge cards", blocks: blocks, methods: Page.cardMethods)
  }
}

struct CardsInquiry: Inquiry {
  struct Found: Sendable { let cards: [(judge: String, lines: CardLines)] }

  func answer(_ engine: Engine) throws -> Found {
    Found(cards: try engine.store.cards().map { ($0.judge, CardLines($0, try engine.agreement(with: $0.judge))) })
  }
}
