import Core
import Engine
import Terminal
import TestSupport
import Testing

@testable import Workbench

/// A key that is pasted: it is seen by nobody.
@Suite(.ownThreads) struct KeyEntryTests {
  private static let key = "made-up-0123456789abcdef"

  private func opened(lanes: Int = 0) -> State {
    var state = Sample.state(lanes: lanes)
    _ = state.perform(.home)
    var found = HomeInquiry.Found()
    found.keys = [ProviderKey(services: ["groq"], variable: "GROQ_API_KEY")]
    _ = update(&state, .answer(found))
    while state.layers.topmost(HomeLayer.self)?.choice(state) != .key("groq") { _ = update(&state, .key(.down)) }
    _ = update(&state, .key(.enter))
    return state
  }

  private func entry(_ state: State) -> KeyEntry? { state.layers.topmost(KeyEntry.self) }

  private func expectUnseen(_ state: State, _ commands: [Command] = []) {
    let seen =
      view(state, Layouts()).frame.text + (state.message ?? "") + "\(state)" + "\(commands)" + String(reflecting: state)
    #expect(!seen.contains(Self.key) && !seen.contains(Self.key.prefix(12)))
    var dumped = ""
    dump(state.layers, to: &dumped)
    dump(commands, to: &dumped)
    #expect(!dumped.contains(Self.key.prefix(12)))
    #expect(state.draft.composer.isEmpty && !state.draft.composer.history.contains { $0.contains(Self.key.prefix(12)) })
  }

  @Test func itIsHandedOverTrimmedAndShownAsDots() {
    var state = opened()
    expectScreen(view(state, Layouts()).frame, "key-empty")
    _ = update(&state, .key(.paste("  \(Self.key)\n")))
    expectScreen(view(state, Layouts()).frame, "key-pasted")
    expectUnseen(state)
    let commands = update(&state, .key(.enter))
    #expect(commands == [.keepKey(["groq"], Secret(Self.key), needsLanes: true)])
    expectUnseen(state, commands)
    #expect(update(&state, .key(.enter)).isEmpty, "it is being kept")
    let again = update(&state, .answer(KeptKey(services: ["groq"], outcome: .kept(file: "/k"))))
    #expect(again == [.inquire(HomeInquiry())], "what is known of keys is read anew")
    #expect(entry(state) == nil && state.layers.top is HomeLayer)
    expectUnseen(state)
  }

  @Test func whatIsNoKeyIsRefused() {
    for (text, words) in [
      ("", "paste the key first"), ("a b", "spaces or control"), ("a\u{1B}[31mb", "control"), ("clé", "control"),
      (String(repeating: "x", count: 9000), "too long"),
    ] {
      var state = opened()
      _ = update(&state, .key(.paste(text)))
      #expect(update(&state, .key(.enter)).isEmpty && entry(state)?.fault?.contains(words) == true)
      let frame = view(state, Layouts()).frame.text
      #expect(frame.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 })
      _ = update(&state, .key(.control("u")))
      #expect(entry(state)?.typed == Secret())
    }
  }

  @Test func whatWasNotKeptIsTold() {
    var state = opened(lanes: 2)
    _ = update(&state, .key(.paste(Self.key)))
    #expect(update(&state, .key(.enter)) == [.keepKey(["groq"], Secret(Self.key), needsLanes: false)])
    _ = update(&state, .answer(KeptKey(services: ["groq"], outcome: .failed("the disk is full"))))
    #expect(entry(state)?.fault == "the disk is full" && view(state, Layouts()).frame.text.contains("the disk is full"))
    _ = update(&state, .key(.enter))
    let lines = ["providers:", "  groq: {key_file: \"/k\"}"]
    _ = update(
      &state, .answer(KeptKey(services: ["groq"], outcome: .unnamed(file: "/k", config: "/c.yaml", lines: lines))))
    let text = view(state, Layouts()).frame.text
    #expect(lines.allSatisfy(text.contains) && text.contains("/c.yaml"))
    expectUnseen(state)
    _ = update(&state, .key(.enter))
    #expect(entry(state) == nil)
  }

  @Test func escapeForgetsIt() {
    var state = opened()
    for character in Self.key { _ = update(&state, .key(.character(character))) }
    _ = update(&state, .key(.backspace))
    #expect(entry(state)?.typed.revealed == String(Self.key.dropLast()))
    _ = update(&state, .key(.escape))
    #expect(entry(state) == nil && state.layers.top is HomeLayer)
    expectUnseen(state)
  }
}
