import Core
import Terminal

/// The first line: what is raced by which rule, how far it is, what it cost.
enum HeaderPane {
  static func draw(_ state: State, _ frame: inout Frame) {
    let dot = " \(state.screen.borders.dot) "
    frame.fill(Area(x: 0, y: 0, width: state.screen.width, height: 1), Style(.bar))
    guard !state.isComparing else {
      frame.put(" furlong", x: 0, y: 0, Style(.bar, bold: true))
      let mode = state.voteDesk.map { "vote\(dot)\($0.source.words)" } ?? "blind"
      let rest = state.voteDesk?.isRevealed == true ? "revealed" : "who is who shows after the vote"
      frame.put("  \(mode)\(dot)\(rest)", x: 8, y: 0, Style(.bar))
      return
    }
    var right = [Readable.count(state.shown.count, "lane")]
    let over = state.responses.filter { $0.state.isOver }.count
    if !state.responses.isEmpty { right.append("\(over) of \(state.responses.count) ended") }
    if let judging = state.findings.judging { right.append(judging.words) }
    if let asking = state.asking {
      right.insert("experiment \(asking.progress.done) of \(asking.progress.total)", at: 0)
    }
    if let port = state.gateway { right.insert("gateway :\(port)", at: 0) }
    let unknown = state.hasUnknownCost ? " + ?" : ""
    right.append(spending(state) + unknown)
    // Of another day: what was answered then may be old.
    if state.screen.width >= 90, !state.session.turns.isEmpty, state.moment.date > 0,
      localDay(state.session.created) != localDay(state.moment.date)
    {
      right.append(localTime(state.session.created))
    }
    if state.screen.width >= 70 { right.append(String(state.session.id.prefix(4))) }
    let experiment = state.layers.top as? ExperimentPage
    if let found = experiment?.snapshot {
      right = [
        Readable.count(found.table.value.lanes.count, "variant"),
        Readable.total(found.progress.cost, hasUnknown: found.progress.hasUnknownCost), String(found.session.prefix(4)),
      ]
    }
    let tail = right.joined(separator: dot) + " "
    let tailWidth = TextWidth.of(tail)
    var used = frame.put(" furlong", x: 0, y: 0, Style(.bar, bold: true))
    let mode = state.draft.isBlind ? "blind" : "race"
    let what = experiment == nil ? "\(mode)\(dot)\(state.session.rule.rawValue)" : "experiment"
    used += frame.put("  \(what)", x: used, y: 0, Style(.bar))
    let room = state.screen.width - used - tailWidth - 2
    let words = experiment.map { VisibleText.line(Session.shownTitle($0.snapshot?.title ?? "")) } ?? title(state)
    if !words.isEmpty, room >= 12 {
      frame.put(dot + TextWidth.fitted(words, columns: room - TextWidth.of(dot)), x: used, y: 0, Style(.bar))
    }
    frame.put(tail, x: max(used, state.screen.width - tailWidth), y: 0, Style(.bar))
  }
}

extension HeaderPane {
  /// The session's title; of several turns which one is in view, and what it asks.
  private static func title(_ state: State) -> String {
    guard let index = state.turnIndex, state.session.turns.count > 1 else {
      return VisibleText.line(state.session.title)
    }
    let turn = "turn \(index + 1) of \(state.session.turns.count)"
    return turn + " \(state.screen.borders.dot) " + VisibleText.line(sessionTitle(state.session.turns[index].prompt))
  }

  /// A running total, beside the budget where there is one.
  private static func spending(_ state: State) -> String {
    if let limit = state.money.budget.perTurn { return "\(state.spentThisTurn.screenText) of \(limit.screenText)" }
    if let limit = state.money.budget.perDay {
      return "today \(state.spentToday.screenText) of \(limit.screenText)"
    }
    return state.spent.screenText
  }
}
