import Core
import Terminal

/// What the judges said, below the answers they said it of; the passages they quote as wrong are marked in the answers.
enum VerdictPane {
  static func height(_ state: State) -> Int {
    guard state.screen.height >= 20, !state.verdicts.isEmpty else { return 0 }
    return min(lines(state, width: state.screen.width - 2).count, max(4, state.screen.height / 3))
  }

  static func draw(_ state: State, _ area: Area, _ frame: inout Frame) {
    let lines = lines(state, width: area.width - 2)
    for (offset, line) in lines.prefix(area.height).enumerated() {
      frame.put(line, x: area.x + 1, y: area.y + offset, limit: area.width - 2)
    }
    if lines.count > area.height {
      let mark = " \(state.keymap.keyName(.verdicts)) shows all "
      frame.put(mark, x: area.x + area.width - TextWidth.of(mark), y: area.y + area.height - 1, Style(.quiet))
    }
  }

  /// Verdicts with the focused lane first.
  private static func lines(_ state: State, width: Int) -> [StyledLine] {
    let verdicts = state.verdicts
    let own = verdicts.filter { $0.a.lane == state.focus || $0.b.lane == state.focus }
    return (own + verdicts.filter { !own.contains($0) }).flatMap { verdict -> [StyledLine] in
      let (a, b) = (verdict.a.lane, verdict.b.lane)
      let fits = [verdict.outcome.fitA, verdict.outcome.fitB].map { $0.map(Readable.fit) ?? "–" }
      let isOpen = verdict.outcome.isQuarantined && !verdict.isConfirmed
      let head = [
        Span("\(a + 1) : \(b + 1)  ", Style(.quiet)),
        Span(verdict.outcome.words(a: a, b: b), Style(isOpen ? .warning : .strong, bold: true)),
        Span(isOpen ? "  quarantined" : "", Style(.warning)),
        Span("  fit \(fits[0]) : \(fits[1])  \(verdict.judge)", Style(.quiet)),
      ]
      let readings = [(verdict.readings?.ab, a, b), (verdict.readings?.ba, b, a)]
      let reasons = readings.compactMap { reading, first, second -> String? in
        guard case .verdict(let read)? = reading else { return nil }
        return "  (\(first + 1) first) \(VisibleText.line(read.reason(r1: first, r2: second)))"
      }
      let words = reasons.isEmpty ? ["  \(VisibleText.line(verdict.outcome.reason))"] : reasons
      return StyledLine.wrapped(head.map { Span(VisibleText.line($0.text), $0.style) }, width: width)
        + words.flatMap { StyledLine.wrapped([Span($0)], width: width) }
    }
  }

  /// Passages of a lane's answer that a judge quoted as wrong.
  static func quotes(of lane: Int, _ state: State) -> [String] {
    var quotes: [String] = []
    for verdict in state.verdicts where verdict.a.lane == lane || verdict.b.lane == lane {
      for (reading, r1) in [(verdict.readings?.ab, verdict.a.lane), (verdict.readings?.ba, verdict.b.lane)] {
        guard case .verdict(let read)? = reading else { continue }
        quotes += read.errors.filter { ($0.place == .r1) == (r1 == lane) }.map(\.quote)
      }
    }
    return Array(Set(quotes.filter { $0.count > 2 })).sorted()
  }
}
