import Core
import Engine
import Terminal

/// What other rules and a hedge would have made of a turn, as a page.
extension KeyPlace {
  static let whatIf = KeyPlace("what if", "Where other rules are tried")
}

extension Action {
  static let whatIfClose = Action("what-if.close")
}

/// What other rules would have given in the turn that is watched again.
struct WhatIfPage: PageLayer {
  static let place = KeyPlace.whatIf

  let replay: Replay
  var cursor = PageCursor()

  static let keys: [KeyRow] = [
    KeyRow(.whatIfClose, .whatIf, [.character("w")], "close it") { $0.closeTop() }
  ]

  init(_ replay: Replay) { self.replay = replay }

  func page(_ state: State, width: Int) -> Page { Page.whatIf(replay) }
}

extension Page {
  static func whatIf(_ replay: Replay) -> Page {
    let rules: [RaceRule] = [.all, .firstToken, .firstFinish]
    let tokens = replay.turn.responses.values.compactMap { $0.timing.firstToken.map(Double.init) }.sorted()
    // Half of the first tokens had come by then: a second lane would have been asked now and then.
    let hedge = replay.turn.responses.count > 1 ? Quantiles.type7(tokens, 0.5).map { Int64(saturating: $0) } : nil
    var others = rules.map { WhatIf(replay, rule: $0, hedge: nil) }
    if let hedge { others.append(WhatIf(replay, rule: .firstFinish, hedge: hedge)) }
    let rows = others.map { other -> Row in
      let winner = other.winner.flatMap { replay.turn.responses[$0] }
      let hedged = other.hedge.map { ", hedged after \(Readable.duration($0))" } ?? ""
      return Row([
        other.rule.rawValue + hedged, winner.map { "\($0.lane + 1) \($0.model.text)" } ?? "nobody",
        other.firstAnswer.map(Readable.duration) ?? "–", other.end.map(Readable.duration) ?? "–",
        Readable.total(other.cost, hasUnknown: other.hasUnknownCost), other.isCertain ? "" : "not certain",
      ])
    }
    return Page(
      title: "What if",
      blocks: [
        .text("Really: \(replay.turn.rule.rawValue).", .quiet), .space,
        .table(header: ["rule", "winner", "first word", "end", "cost", ""], rows: rows, numeric: [2, 3, 4]), .space,
        .text(
          "By the stored timings; nothing is asked again. A stopped lane is billed for its input and for what had come by then. "
            + "Not certain: a lane that was really stopped might have ended before the others. Another hedge: furlong sessions "
            + "replay --what-if RULE --hedge MS.", .quiet),
      ])
  }
}
