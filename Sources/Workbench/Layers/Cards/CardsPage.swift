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
        .table(
          header: ["", "0 to 100 %", ""],
          rows: lines.rows.map { row in
            let bar = row.interval.map { interval in
              IntervalBar.text(
                interval.low, interval.high, value: interval.value, middle: 0.5, in: 0...1, cells: 21,
                ascii: state.screen.borders.isASCII)
            }
            return Page.Row([row.name, bar ?? "", row.value])
          }, numeric: [1]),
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
