import Core
import Engine
import Ranking
import Terminal

extension KeyPlace {
  static let board = KeyPlace("leaderboard", "On the leaderboard")
}

extension Action {
  static let boardSource = Action("leaderboard.source"), boardSourceBefore = Action("leaderboard.source-before")
  static let boardLength = Action("leaderboard.length"), boardTag = Action("leaderboard.tag")
}

/// Which leaderboard is shown.
struct BoardChoice: Equatable, Sendable {
  var source = BallotSource.human
  var tag: String?
  var isWithoutLength = false
}

/// The leaderboard: models by what votes, verdicts or both say of them.
struct BoardPage: PageLayer {
  static let place = KeyPlace.board

  private(set) var choice = BoardChoice()
  /// Tags there are.
  private var tags: [String] = []
  private var found: Reading<BoardInquiry.Found>?
  var cursor = PageCursor()

  static let keys: [KeyRow] = [
    row(.boardSource, [.tab], "your votes, verdicts, both", Label("your votes, verdicts, both", 2)) {
      $0.nextSource(by: 1)
    },
    row(.boardSourceBefore, [.shiftTab], "the same, the other way round") { $0.nextSource(by: -1) },
    row(.boardLength, [.character("l")], "length in or out of the model", Label("length in or out", 3)) {
      $0.choice.isWithoutLength.toggle()
    },
    row(
      .boardTag, [.character("t")], "the next tag, then all", Label("next tag", 4),
      unless: { $0.layers.topmost(BoardPage.self)?.tags.isEmpty == false ? nil : "no prompt has a tag" }
    ) { $0.nextTag() },
  ]

  private static func row(
    _ action: Action, _ keys: [Key], _ summary: String, _ label: Label? = nil,
    unless why: @escaping @Sendable (State) -> String? = { _ in nil },
    _ change: @escaping @Sendable (inout BoardPage) -> Void
  ) -> KeyRow {
    KeyRow(action, .board, keys, summary, label: label, unless: why) { state in
      state.edit(BoardPage.self) { page, state in
        change(&page)
        return page.opened(state)
      }
    }
  }

  private mutating func nextSource(by step: Int) {
    let all = BallotSource.allCases
    let place = all.firstIndex(of: choice.source) ?? 0
    choice.source = all[(place + step + all.count) % all.count]
  }

  private mutating func nextTag() {
    guard let tag = choice.tag, let index = tags.firstIndex(of: tag) else {
      choice.tag = tags.first
      return
    }
    choice.tag = index + 1 < tags.count ? tags[index + 1] : nil
  }

  func opened(_ state: State) -> [Command] { [.inquire(BoardInquiry(choice: choice))] }

  mutating func hear(_ answer: any Sendable, _ state: State) -> [Command] {
    guard let answer = answer as? BoardInquiry.Found, answer.choice == choice else { return [] }
    if let board = answer.board { tags = board.ballots.tags.sorted() }
    found = Reading(answer)
    return []
  }

  func page(_ state: State, width: Int) -> Page {
    guard let found = found?.value else {
      return Page(title: "Leaderboard", blocks: [.text("reading …", .quiet)])
    }
    guard let board = found.board else {
      return Page(title: "Leaderboard · \(found.choice.source.rawValue)", blocks: [.text(found.nothing)])
    }
    return Page.leaderboard(board, width: width, ascii: state.screen.borders.isASCII)
  }
}

struct BoardInquiry: Inquiry {
  struct Found: Sendable {
    let choice: BoardChoice
    let board: Board?
    /// Why there is none.
    var nothing = ""
  }

  let choice: BoardChoice

  func answer(_ engine: Engine) throws -> Found {
    var options = Standings.Options()
    options.fit.hasLengthTerm = choice.isWithoutLength
    do {
      return Found(choice: choice, board: try engine.board(choice.source, tag: choice.tag, options))
    } catch let nothing as NothingToRank {
      return Found(choice: choice, board: nil, nothing: nothing.message)
    }
  }
}
