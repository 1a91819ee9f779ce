import Core
import Engine
import Foundation
import Terminal
import TestSupport
import Testing

@testable import Workbench

/// The home page: what it shows, where its rows lead, and how it goes.
@Suite(.ownThreads) struct HomeTests {
  init() {
    // The screens were recorded there.
    setenv("TZ", "UTC0", 1)
    tzset()
  }

  private static let keys = [
    ProviderKey(
      services: ["openai", "openai-responses"], origin: .variable("OPENAI_API_KEY"), variable: "OPENAI_API_KEY"),
    ProviderKey(services: ["anthropic"], origin: .file, variable: "ANTHROPIC_API_KEY"),
    ProviderKey(services: ["google"], variable: "GEMINI_API_KEY"),
    ProviderKey(services: ["groq"], variable: "GROQ_API_KEY"),
    ProviderKey(services: ["cerebras"], variable: "CEREBRAS_API_KEY"),
    ProviderKey(services: ["mybox"]),
  ]

  private static var found: HomeInquiry.Found {
    HomeInquiry.Found(
      sessions: Array(Sample.summaries.prefix(40)), keys: keys, today: Money(decimal: "0.0512")!,
      month: Money(decimal: "12.3")!)
  }

  private func home(
    lanes: Int = 2, width: Int = 80, height: Int = 24, _ found: HomeInquiry.Found? = HomeTests.found
  ) -> State {
    var state = Sample.state(lanes: lanes, width: width, height: height)
    state.money.budget.perDay = Money(decimal: "5")
    #expect(state.perform(.home) == [.inquire(HomeInquiry())])
    if let found { _ = update(&state, .answer(found)) }
    return state
  }

  private func isHome(_ state: State) -> Bool { state.layers.topmost(HomeLayer.self) != nil }

  private func choice(_ state: State) -> HomeChoice? { state.layers.topmost(HomeLayer.self)?.choice(state) }

  @Test(arguments: [(60, 16), (80, 24), (120, 40), (200, 50)])
  func thePage(width: Int, height: Int) {
    let size = "\(width)x\(height)"
    expectScreen(view(home(width: width, height: height), Layouts()).frame, "home-\(size)")
    var bare = HomeInquiry.Found()
    bare.keys = Self.keys.map { ProviderKey(services: $0.services, variable: $0.variable) }
    expectScreen(view(home(lanes: 0, width: width, height: height, bare), Layouts()).frame, "home-bare-\(size)")
  }

  @Test func anySize() {
    for width in [0, 1, 20, 60, 61, 73, 109, 110, 300] {
      for height in [0, 1, 15, 16, 17, 100] {
        var state = home(width: width, height: height)
        for key in [Key.down, .pageDown, .up, .enter] {
          let frame = view(state, Layouts()).frame
          #expect(frame.width == width && frame.height == height)
          _ = update(&state, .key(key))
        }
      }
    }
  }

  @Test func whatOthersWroteStaysText() {
    let text = view(home(width: 120, height: 40), Layouts()).frame.text
    #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0.value != 0x202E })
    var state = home(width: 120, height: 40)
    state.screen.borders = .ascii
    let words = view(state, Layouts()).frame.text.filter { !$0.isASCII && !$0.isLetter && !"、。👩‍👩‍👧‍👦␛⟨⟩".contains($0) }
    #expect(words.isEmpty, "\(words)")
  }

  @Test func theBarTellsTheSameOfToday() {
    #expect(
      view(home(), Layouts()).frame.text.hasPrefix(" furlong  race · all                     2 lanes · today $0.051 of")
    )
  }

  @Test func everyRowCanBeReached() {
    for size in [(60, 16), (80, 24), (120, 40)] {
      var state = home(width: size.0, height: size.1)
      var reached: [HomeChoice] = []
      for _ in 0..<60 {
        if let choice = choice(state), reached.last != choice { reached.append(choice) }
        let text = view(state, Layouts()).frame.text
        #expect(text.split(separator: "\n").contains { $0.contains("› ") && !$0.contains("ask all") })
        _ = update(&state, .key(.down))
      }
      #expect(reached.suffix(4) == [.key("google"), .key("groq"), .key("cerebras"), .key("mybox")])
      #expect(reached.contains(.sample(0)) && reached.contains(.sample(3)))
      #expect(reached.first == .session("aaaa00000001"))
      _ = update(&state, .key(.pageUp))
      #expect(choice(state) != reached.last)
    }
  }

  @Test func aLetterClosesItAndIsWritten() {
    var state = home()
    #expect(update(&state, .key(.character("q"))) == [.warm(state.lanes)])
    #expect(!isHome(state) && state.draft.composer.text == "q")
    state = home()
    _ = update(&state, .key(.paste("a prompt\nof two lines")))
    #expect(!isHome(state) && state.draft.composer.text == "a prompt\nof two lines")
  }

  @Test func itGoesByItsKeysAndByTheLanes() {
    var state = home()
    #expect(update(&state, .key(.escape)).isEmpty && !isHome(state) && state.place == .prompt)
    state = home()
    _ = update(&state, .key(.tab))
    #expect(!isHome(state) && state.place == .lanes)
    state = home()
    _ = update(&state, .key(.f1))
    #expect(update(&state, .key(.escape)) == [.inquire(HomeInquiry())], "what is on it may have changed meanwhile")
    #expect(isHome(state), "help stands over it for a while")
  }

  @Test func whereRowsLead() {
    var state = home()
    #expect(update(&state, .key(.enter)) == [.open(session: "aaaa00000001", at: nil)])
    while choice(state) != .sample(0) { _ = update(&state, .key(.down)) }
    _ = update(&state, .key(.enter))
    #expect(!isHome(state) && state.draft.composer.text == HomeLayer.samples[0])
    #expect(update(&state, .key(.control("c"))).isEmpty && state.draft.composer.isEmpty)
    state = home()
    while choice(state) != .key("groq") { _ = update(&state, .key(.down)) }
    _ = update(&state, .key(.enter))
    #expect(state.layers.topmost(KeyEntry.self)?.provider.services == ["groq"])
  }

  @Test func aSessionThatIsOpenedTakesItsPlace() {
    var state = home()
    _ = update(&state, .key(.enter))
    let session = Session(id: "aaaa00000001", created: 1, title: "t", rule: .all, lanes: state.lanes, turns: [])
    _ = update(&state, .opened(session, isRacedHere: false, at: nil))
    #expect(!isHome(state) && state.session.id == "aaaa00000001")
  }

  @Test func aDraftStays() {
    var state = Sample.state(lanes: 2)
    for character in "half" { _ = update(&state, .key(.character(character))) }
    _ = state.perform(.home)
    _ = update(&state, .tick(1, date: 1))
    #expect(isHome(state) && state.draft.composer.text == "half")
    _ = update(&state, .key(.character("!")))
    #expect(!isHome(state) && state.draft.composer.text == "half!")
  }

  @Test func keysComeFirstWhereNothingCanBeDoneWithoutOne() {
    var bare = HomeInquiry.Found()
    bare.keys = [ProviderKey(services: ["groq"], variable: "GROQ_API_KEY")]
    #expect(choice(home(lanes: 0, bare)) == .key("groq"))
    bare.sessions = Sample.summaries
    #expect(choice(home(lanes: 0, bare)) == .session("aaaa00000001"), "the past can be read")
    bare.sessions = []
    #expect(choice(home(lanes: 2, bare)) == .sample(0), "a local model can be asked")
  }

  /// Every key of the table, over a session that has no lane at all.
  @Test func noKeyFailsWithoutLanes() {
    let keys = Set(Keymap().rows.flatMap(\.keys)).sorted { $0.name < $1.name }
    for start in [Key.tab, .escape] {
      for key in keys {
        var state = home(lanes: 0)
        _ = update(&state, .key(start))
        _ = update(&state, .key(key))
        _ = view(state, Layouts())
        _ = update(&state, .key(.enter))
        _ = view(state, Layouts())
      }
    }
    for row in Keymap().rows {
      var state = home(lanes: 0)
      _ = state.perform(row)
      _ = view(state, Layouts())
    }
    var state = home(lanes: 0)
    #expect(Sample.send("hello", &state).isEmpty && state.message?.contains("no lane to ask") == true)
  }
}
