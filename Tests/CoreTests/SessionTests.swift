import Core
import CustomDump
import TestSupport
import Testing

@Suite(.ownThreads) struct SessionTests {
  private func response(_ lane: Int, _ text: String) -> Response {
    var response = Response(lane: lane, model: ModelID("a/b")!, parameters: Parameters())
    response.text = text
    return response
  }

  private func turn(_ number: Int, _ prompt: String, _ answers: [Int: String]) -> Turn {
    Turn(
      number: number, prompt: prompt, rule: .all,
      responses: answers.reduce(into: [:]) { $0[$1.key] = response($1.key, $1.value) })
  }

  private func session(_ turns: [Turn]) throws -> Session {
    Session(
      id: Session.newID(), created: 0, title: "t", rule: .all,
      lanes: [try Lane(parsing: "a/b"), try Lane(parsing: "c/d")], turns: turns)
  }

  @Test func aLaneSeesItsOwnAnswersOnly() throws {
    let session = try session([
      turn(1, "one", [0: "first of 0", 1: "first of 1"]), turn(2, "two", [0: "second of 0", 1: "second of 1"]),
      turn(3, "three", [:]),
    ])
    expectNoDifference(
      session.thread(lane: 1, before: 3),
      [
        Message(.user, "one"), Message(.assistant, "first of 1"), Message(.user, "two"),
        Message(.assistant, "second of 1"),
      ])
    expectNoDifference(session.thread(lane: 0, before: 1), [])
  }

  @Test func unansweredPromptsAreJoined() throws {
    let file = Attachment(name: "f", mediaType: "text/plain", data: [65])
    var second = turn(2, "two", [0: ""])
    second.attachments = [file]
    let session = try session([turn(1, "one", [:]), second, turn(3, "three", [0: "answer"])])
    expectNoDifference(
      session.thread(lane: 0, before: 4),
      [Message(.user, "one\n\ntwo\n\nthree", attachments: [file]), Message(.assistant, "answer")])
  }

  @Test func rolesAlternateWhateverWasLeftUnanswered() throws {
    for pattern in 0..<16 {
      let turns = (1...4).map { turn($0, "p\($0)", pattern >> ($0 - 1) & 1 == 1 ? [0: "a\($0)"] : [:]) }
      var thread = try session(turns).thread(lane: 0, before: 5)
      thread.appendPrompt("last", [])
      #expect(thread.last?.role == .user)
      for (a, b) in zip(thread, thread.dropFirst()) { #expect(a.role != b.role, "pattern \(pattern)") }
    }
  }

  @Test func idsAreTwelveHexadecimalDigits() {
    let ids = (0..<200).map { _ in Session.newID() }
    #expect(ids.allSatisfy { $0.count == 12 && $0.allSatisfy(\.isHexDigit) && $0 == $0.lowercased() })
    #expect(Set(ids).count == 200)
    var (one, other) = (SplitMix64(seed: 1), SplitMix64(seed: 1))
    let drawn = (0..<200).map { _ in Session.newID(using: &one) }
    #expect(drawn == (0..<200).map { _ in Session.newID(using: &other) }, "the same seed draws the same")
    #expect(Set(drawn).count == 200 && drawn.allSatisfy { $0.count == 12 })
  }

  @Test func randomDigitsAreAsManyAsAskedForAndSpreadEvenly() {
    var random = SplitMix64(seed: 3)
    for count in 0...64 { #expect(random.hexadecimalDigits(count).count == count) }
    let counts = Dictionary(grouping: (0..<250).flatMap { _ in random.hexadecimalDigits(64) }) { $0 }.mapValues(\.count)
    #expect(counts.count == 16 && counts.values.allSatisfy { (850...1150).contains($0) }, "of 1000 each")
  }

  @Test func thePromptHasItsDigest() {
    #expect(
      Turn(number: 1, prompt: "abc", rule: .all).promptSHA256
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test func checksAreReadFromText() {
    #expect(ValidityCheck("nonempty") == .nonempty)
    #expect(ValidityCheck("json") == .json)
    #expect(ValidityCheck("regex:^a:b$") == .regex("^a:b$"))
    #expect(ValidityCheck("exec:grep -q x") == .exec("grep -q x"))
    for text in ["", "regex:", "exec:", "JSON", "xml"] { #expect(ValidityCheck(text) == nil, "‘\(text)’ is no check") }
    #expect(RaceRule.allCases.map(\.rawValue) == ["all", "first-token", "first-finish", "first-valid", "first-good"])
  }
}
