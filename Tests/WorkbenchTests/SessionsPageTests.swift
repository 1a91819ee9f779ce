import Core
import Engine
import Foundation
import Terminal
import TestSupport
import Testing

@testable import Workbench

@Suite(.ownThreads) struct SessionsPageTests {
  init() {
    // The screens were recorded there.
    setenv("TZ", "UTC0", 1)
    tzset()
  }

  private func opened(width: Int = 80, height: Int = 24, _ found: [SessionSummary] = Sample.summaries) -> State {
    var state = Sample.state(lanes: 2, width: width, height: height)
    _ = update(&state, .key(.escape))
    _ = update(&state, .key(.character("H")))
    _ = update(&state, .foundSessions(found, number: 1))
    return state
  }

  private func page(_ state: State) -> SessionsPage {
    guard let page = state.layers.topmost(SessionsPage.self) else { fatalError("the page is not open") }
    return page
  }

  private func type(_ text: String, _ state: inout State) -> [Command] {
    text.flatMap { update(&state, .key(.character($0))) }
  }

  @Test(arguments: [(60, 16), (80, 24), (120, 40)])
  func thePage(width: Int, height: Int) {
    var state = opened(width: width, height: height)
    _ = type("tide", &state)
    _ = update(&state, .foundSessions(Sample.summaries, number: 5))
    let size = "\(width)x\(height)"
    expectScreen(view(state, Layouts()).frame, "sessions-\(size)")
    for _ in 0..<2 { _ = update(&state, .key(.down)) }
    _ = update(&state, .key(.alt("g")))
    expectScreen(view(state, Layouts()).frame, "sessions-tags-\(size)")
    _ = update(&state, .key(.escape))
    _ = update(&state, .key(.end))
    _ = type(" cost:x", &state)
    _ = update(&state, .foundSessions([], number: page(state).number))
    expectScreen(view(state, Layouts()).frame, "sessions-nothing-\(size)")
  }

  @Test func anySize() {
    for width in [0, 1, 20, 60, 61, 73, 99, 300] {
      for height in [0, 1, 15, 16, 17, 100] {
        var state = opened(width: width, height: height)
        for key in [Key.end, .alt("t"), .paste(String(repeating: "wide 日本 ", count: 50)), .escape, .character("x")] {
          _ = update(&state, .key(key))
          let frame = view(state, Layouts()).frame
          #expect(frame.width == width && frame.height == height)
        }
      }
    }
  }

  @Test func whatOthersWroteStaysText() {
    var state = opened(width: 120, height: 40)
    for _ in 0..<3 { _ = update(&state, .key(.down)) }
    let text = view(state, Layouts()).frame.text
    #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0.value != 0x202E })
    state.screen.borders = .ascii
    let words = view(state, Layouts()).frame.text.filter { !$0.isASCII && !$0.isLetter && !"、。👩‍👩‍👧‍👦␛⟨⟩".contains($0) }
    #expect(words.isEmpty, "\(words)")
  }

  /// Every change of the line is a question; only the answer to the last one is shown, and until then what was there stays.
  @Test func itFiltersAsOneTypes() {
    var state = opened()
    var filter = SessionFilter()
    filter.text = "ti"
    #expect(type("ti", &state).last == .findSessions(filter, limit: 100, number: 3))
    #expect(page(state).rows.count == Sample.summaries.count && page(state).isLoading)
    _ = update(&state, .foundSessions([Sample.summary("cccc00000001", "too late")], number: 2))
    #expect(page(state).rows.count == Sample.summaries.count)
    _ = update(&state, .foundSessions([Sample.summary("cccc00000002", "in time")], number: 3))
    #expect(page(state).rows.map(\.title) == ["in time"] && !page(state).isLoading)
    #expect(type(" tag:sea disagreed", &state).count == 18)
    filter.tags = ["sea"]
    filter.isDisagreed = true
    #expect(page(state).filter == filter)
    #expect(update(&state, .key(.left)).isEmpty, "moving in the line asks nothing")
    _ = update(&state, .key(.control("c")))
    #expect(page(state).line.isEmpty && page(state).filter == SessionFilter())
    _ = update(&state, .key(.control("c")))
    #expect(state.window == nil)
    _ = update(&state, .foundSessions([], number: 99))
    #expect(state.window == nil, "an answer that comes after the page was closed opens nothing")
  }

  @Test func theEndAsksForMore() {
    var state = opened(Sample.summaries)
    #expect(update(&state, .key(.end)).withoutMarks.isEmpty, "there are no more")
    let many = (0..<100).map { Sample.summary("dddd\(10_000_000 + $0)", "\($0)") }
    state = opened(many)
    #expect(update(&state, .key(.end)).withoutMarks == [.findSessions(SessionFilter(), limit: 300, number: 2)])
    #expect(update(&state, .key(.down)).withoutMarks.isEmpty, "it has been asked")
    _ = update(&state, .foundSessions(many + [Sample.summary("last", "last")], number: 2))
    #expect(page(state).selection == 99, "the chosen one stays chosen")
  }

  @Test func titlesAndTags() {
    var state = opened()
    state.session.id = "aaaa00000001"
    _ = update(&state, .key(.alt("t")))
    _ = update(&state, .key(.control("u")))
    _ = type("New", &state)
    #expect(update(&state, .key(.enter)) == [.setTitle(session: "aaaa00000001", "New")])
    #expect(page(state).rows[0].title == "New" && !page(state).isEditing && state.session.title == "New")
    for _ in 0..<2 { _ = update(&state, .key(.down)) }
    _ = update(&state, .key(.alt("g")))
    _ = update(&state, .key(.control("u")))
    _ = type("+new -sea", &state)
    #expect(update(&state, .key(.enter)) == [.setTags(session: "aaaa00000003", ["physics", "new"])])
    _ = update(&state, .key(.alt("g")))
    _ = update(&state, .key(.control("u")))
    #expect(update(&state, .key(.enter)) == [.setTags(session: "aaaa00000003", [])])
    _ = update(&state, .key(.alt("t")))
    #expect(update(&state, .key(.escape)).isEmpty && !page(state).isEditing)
  }

  @Test func deletingAndBringingBack() {
    var state = opened()
    #expect(update(&state, .key(.alt("x"))).isEmpty && state.message == "nothing was deleted")
    #expect(update(&state, .key(.control("x"))) == [.delete(session: "aaaa00000001")])
    #expect(page(state).rows.first?.id == "aaaa00000002" && state.message?.contains("Alt-x") == true)
    #expect(update(&state, .key(.control("x"))) == [.delete(session: "aaaa00000002")])
    // The page may be closed and opened again meanwhile.
    _ = update(&state, .key(.escape))
    _ = update(&state, .key(.character("H")))
    #expect(update(&state, .key(.alt("x"))).first == .undelete(session: "aaaa00000002"))
    #expect(update(&state, .key(.alt("x"))).first == .undelete(session: "aaaa00000001"))
    #expect(update(&state, .key(.alt("x"))).isEmpty)
  }

  @Test func theSessionShownCanBeDeleted() {
    var state = opened()
    state.session.id = "aaaa00000001"
    state.isStored = true
    state.race.lanes = [0]
    #expect(update(&state, .key(.control("x"))).isEmpty && state.message?.contains("stop the lanes") == true)
    state.race.lanes = []
    #expect(update(&state, .key(.control("x"))) == [.delete(session: "aaaa00000001")])
    #expect(state.session.id != "aaaa00000001" && !state.isStored && state.session.lanes.count == 2)
    #expect(page(state).rows.first?.id == "aaaa00000002", "the page stays open")
    var answering = Sample.summaries
    answering[0].state = .answering
    state = opened(answering)
    #expect(update(&state, .key(.control("x"))).isEmpty, "another Furlong is asking it")
  }

  @Test func askedAgain() throws {
    var state = opened()
    #expect(
      update(&state, .key(.control("r"))) == [.again(session: "aaaa00000001", turn: 2, withOwnLanes: true)])
    var old = Session(
      id: "aaaa00000001", created: 1, title: "t", rule: .all, lanes: [try Lane(parsing: "x/y,temperature=1")],
      turns: [
        Turn(number: 1, prompt: "one", rule: .all), Turn(number: 2, prompt: "two", system: "s", rule: .firstFinish),
      ])
    old.lanes.append(old.lanes[0])
    old.lanes[1].isDropped = true
    #expect(update(&state, .again(old, turn: 2, withOwnLanes: true)).kinds == ["race"])
    #expect(state.window == nil && state.session.id != old.id && state.lanes == [old.lanes[0]])
    #expect(state.turn?.prompt == "two" && state.turn?.system == "s" && state.session.rule == .firstFinish)
    #expect(state.turn?.number == 1)
    state.race.lanes = []
    var mine = opened()
    #expect(
      update(&mine, .key(.control("t"))) == [.again(session: "aaaa00000001", turn: 2, withOwnLanes: false)])
    #expect(update(&mine, .again(old, turn: 9, withOwnLanes: false)).kinds == ["race"])
    #expect(mine.lanes.count == 2 && mine.turn?.prompt == "one", "an unknown turn is the first")
    #expect(update(&mine, .again(old, turn: 1, withOwnLanes: true)).isEmpty, "lanes are answering")
  }

  @Test func keysOfThePageAreInTheTable() {
    var faults: [String] = []
    let keymap = Keymap(overrides: ["session.delete": "Alt-d"], faults: &faults)
    #expect(faults.isEmpty && keymap.keyName(.sessionDelete) == "Alt-d")
    _ = Keymap(overrides: ["session.delete": "Ctrl-R"], faults: &faults)
    #expect(faults == ["keys: Ctrl-R is both session.again and session.delete"])
    var state = opened()
    state.keymap = keymap
    #expect(update(&state, .key(.alt("d"))) == [.delete(session: "aaaa00000001")])
  }

  private static let preview = SessionPreview(
    session: "aaaa00000001", turn: 2, turns: 3, prompt: "Why are there tides?",
    answers: [
      .init(
        lane: 0, name: "openai/gpt-5.6", figures: "done 2.1s · $0.010", marks: [.judge], isWinner: true,
        text: "…the tide is the rise and fall of the sea."),
      .init(
        lane: 1, name: "anthropic/claude-sonnet-5", figures: "done 3.0s · $0.020", marks: [.you, .pick],
        isWinner: false, text: "Twice a day \u{1B}[2Jthe TIDE comes in. 日本語"),
    ], words: ["tide"])

  @Test func thePreviewStandsBesideTheList() {
    var state = opened(width: 120, height: 40)
    _ = type("tide", &state)
    let asked = update(&state, .foundSessions(Sample.summaries, number: page(state).number)).withoutMarks
    #expect(
      asked == [.inquire(PreviewInquiry(session: "aaaa00000001", turn: 2, words: ["tide"]))], "it is read: \(asked)")
    _ = update(&state, .answer(Self.preview))
    let frame = view(state, Layouts()).frame
    for part in ["turn 2 of 3", "rise and fall", "$0.010", "★", "♥ ♡", "␛[2J"] {
      #expect(frame.text.contains(part), "‘\(part)’ should be seen:\n\(frame.text)")
    }
    let marked = frame.cells.filter { $0.style.role == .match }.map(\.text).joined()
    #expect(marked.lowercased().contains("tidetide"), "the word is marked in both answers: \(marked)")
    let next = update(&state, .key(.down)).withoutMarks
    #expect(next == [.inquire(PreviewInquiry(session: "aaaa00000002", turn: 1, words: ["tide"]))], "\(next)")
    #expect(!view(state, Layouts()).frame.text.contains("rise and fall"), "it is of another session")
    _ = update(&state, .answer(Self.preview))
    #expect(!view(state, Layouts()).frame.text.contains("rise and fall"), "what comes late is not shown")
  }

  @Test func aNarrowWindowHasNoPreview() {
    var state = opened(width: 100, height: 30)
    #expect(update(&state, .foundSessions(Sample.summaries, number: 1)).withoutMarks.isEmpty)
  }

  /// Without words the list is by day, each day under its name.
  @Test func sessionsStandUnderTheirDay() {
    var state = opened(width: 80, height: 24)
    var all = Array(Sample.summaries.prefix(4))
    for (index, days) in [0, 1, 3, 40].enumerated() { all[index].created = state.moment.date - Int64(days) * 86_400 }
    _ = update(&state, .foundSessions(all, number: 1))
    let rows = view(state, Layouts()).frame.text.split(separator: "\n")
    let places = ["│ today", "│ yesterday", "│ last week", "│ before"].map { name in
      rows.firstIndex { $0.hasPrefix(name) } ?? -1
    }
    #expect(places == places.sorted() && !places.contains(-1) && Set(places).count == 4, "\(rows)")
  }

  @Test func theLineIsThereWhenOneComesBack() {
    var state = opened(width: 80, height: 24)
    _ = type("tide", &state)
    _ = update(&state, .foundSessions(Sample.summaries, number: page(state).number))
    _ = update(&state, .key(.enter))
    state.layers = Layers()
    _ = state.openSessions()
    #expect(page(state).line.text == "tide")
    _ = update(&state, .key(.escape))
    state.layers = Layers()
    _ = state.openSessions()
    #expect(page(state).line.isEmpty, "closed, nothing is left of it")
  }

  @Test func theChosenSessionIsWrittenToAFile() {
    var state = opened(width: 80, height: 24)
    #expect(update(&state, .key(.control("e"))) == [.loadFormats(sessions: ["aaaa00000001"])])
    let items = ["md", "html"].map { ChoiceList.Item(title: $0, detail: "", value: $0) }
    _ = update(&state, .formats(items, sessions: ["aaaa00000001"]))
    _ = type("ht", &state)
    #expect(update(&state, .key(.enter)) == [.export(sessions: ["aaaa00000001"], format: "html")])
    #expect(state.layers.top is SessionsPage, "one goes on among the sessions")
  }

  // MARK: Ticks

  /// A blank is text while one types, and ticks once one is among the rows.
  @Test func aBlankTicksAmongTheRows() {
    var state = opened(width: 120, height: 40)
    _ = update(&state, .key(.character(" ")))
    #expect(page(state).ticked.map(\.id) == [Sample.summaries[0].id] && page(state).selection == 1, "the line is empty")
    _ = type("two words", &state)
    #expect(page(state).line.text == "two words" && page(state).ticked.count == 1, "that blank is text")
    _ = update(&state, .foundSessions(Sample.summaries, number: page(state).number))
    _ = update(&state, .key(.down))
    _ = type("  ", &state)
    #expect(page(state).line.text == "two words", "\(page(state).line.text)")
    #expect(page(state).ticked.map(\.id) == [0, 1, 2].map { Sample.summaries[$0].id }, "ticked and down, twice")
    expectScreen(view(state, Layouts()).frame, "sessions-ticked-120x40")
    _ = update(&state, .key(.up))
    _ = type(" ", &state)
    #expect(page(state).ticked.count == 2, "ticked once more it is not ticked")
    _ = update(&state, .key(.control("c")))
    #expect(page(state).line.isEmpty && page(state).ticked.count == 2)
    _ = update(&state, .key(.control("c")))
    #expect(
      page(state).ticked.isEmpty && state.layers.topmost(SessionsPage.self) != nil, "then the ticks, then the page")
  }

  @Test func whatIsTickedIsExportedTaggedJudgedVotedOnAndDeleted() {
    var state = opened(width: 120, height: 40)
    let ids = [0, 1].map { Sample.summaries[$0].id }
    _ = type("  ", &state)
    #expect(update(&state, .key(.control("e"))) == [.loadFormats(sessions: ids)])
    _ = update(&state, .formats([ChoiceList.Item(title: "md", detail: "", value: "md")], sessions: ids))
    #expect(update(&state, .key(.enter)) == [.export(sessions: ids, format: "md")])
    _ = update(&state, .key(.alt("g")))
    _ = type("+kept", &state)
    let tagged = update(&state, .key(.enter))
    #expect(tagged.count == 2 && page(state).rows[0].tags.contains("kept") && page(state).rows[1].tags.contains("kept"))
    #expect(update(&state, .key(.alt("j"))).isEmpty, "without a judge nothing is asked: \(state.message ?? "")")
    state.findings.judges = [try! Lane(parsing: "x/judge")]
    #expect(update(&state, .key(.alt("j"))).isEmpty && state.message?.contains("again has it read") == true)
    #expect(update(&state, .key(.alt("j"))) == [.judgeSessions(ids, by: state.findings.judges)])
    var voting = state
    let commands = update(&voting, .key(.alt("v")))
    #expect(voting.voteDesk?.source == .sessions(ids) && !commands.isEmpty, "\(commands)")
    #expect(update(&state, .key(.control("x"))) == ids.map { .delete(session: $0) })
    #expect(page(state).rows.count == Sample.summaries.count - 2 && page(state).ticked.isEmpty)
    #expect(update(&state, .key(.alt("x"))).first == .undelete(session: ids[1]))
  }

  @Test func whatIsTickedIsComparedSideBySide() {
    var state = opened(width: 120, height: 40)
    #expect(update(&state, .key(.alt("c"))).isEmpty && state.message == "two to four are to be ticked")
    _ = type("  ", &state)
    let commands = update(&state, .key(.alt("c")))
    #expect(commands.count == 2, "both are read: \(commands)")
    for index in 0...1 {
      let text = (1...60).map { "line \($0) of \(index)" }.joined(separator: "\n")
      _ = update(
        &state,
        .answer(
          SessionPreview(
            session: Sample.summaries[index].id, turn: 1, turns: 1, prompt: "Prompt \(index)",
            answers: [
              SessionPreview.Answer(
                lane: 0, name: "a/model-\(index)", figures: "done 1.0s", marks: [], isWinner: true, text: text)
            ], words: [])))
    }
    expectScreen(view(state, Layouts()).frame, "sessions-compared-120x40")
    _ = update(&state, .key(.end))
    let text = view(state, Layouts()).frame.text
    #expect(text.contains("line 60 of 0") && text.contains("line 60 of 1"), "the ends are seen:\n\(text)")
    _ = update(&state, .key(.escape))
    #expect(page(state).ticked.count == 2, "the ticks stay")
  }

  /// Who won, the judge's best and the person's pick, as soon as they are read.
  @Test func marksStandBehindTheWinner() {
    var state = opened(width: 160, height: 40)
    let commands = update(&state, .foundSessions(Sample.summaries, number: 1))
    #expect(commands.count > commands.withoutMarks.count, "they are asked for: \(commands)")
    let id = Sample.summaries[0].id
    _ = update(
      &state, .answer(MarksInquiry.Found(marks: [id: SessionMarks(winner: 0, judge: 0, you: 1, pick: nil)])))
    let line =
      view(state, Layouts()).frame.text.split(separator: "\n").first { $0.contains("Why are") } ?? ""
    #expect(line.contains("★ ♥2"), "\(line)")
    let again = update(&state, .key(.down)).filter {
      if case .inquiry(let one) = $0 { one.inquiry is MarksInquiry } else { false }
    }
    #expect(!again.contains(.inquire(MarksInquiry(sessions: [id]))), "what is known is not asked again")
  }
}

extension [Command] {
  /// Without what is read for the marks in the list.
  fileprivate var withoutMarks: [Command] {
    filter { if case .inquiry(let one) = $0 { !(one.inquiry is MarksInquiry) } else { true } }
  }
}
