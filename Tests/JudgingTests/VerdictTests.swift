import Core
import Judging
import TestSupport
import Testing

/// A reply that is well formed; parts of it can be replaced.
func reply(
  nonce: String = "0123456789abcdef0123456789abcdef", preference: String = "r1_much", fit: (Int, Int) = (8, 3),
  criteria: String = "[]", addresses: (Bool, Bool) = (false, false), tie: String = "null"
) -> String {
  """
  {"nonce":"\(nonce)","criteria":\(criteria),"errors":[{"in":"r2","quote":"4","kind":"wrong"}],\
  "addresses_judge":{"r1":\(addresses.0),"r2":\(addresses.1)},"reason":"because","preference":"\(preference)",\
  "tie_kind":\(tie),"confidence":0.9,"fit":{"r1":\(fit.0),"r2":\(fit.1)}}
  """
}

@Suite(.ownThreads) struct VerdictTests {
  let nonce = "0123456789abcdef0123456789abcdef"

  private func fault(_ text: String, brief: Brief = .none) -> VerdictFault.Kind? {
    do throws(VerdictFault) {
      _ = try Verdict.parse(text, nonce: nonce, brief: brief)
      return nil
    } catch {
      return error.kind
    }
  }

  @Test func aWellFormedReplyIsRead() throws {
    let verdict = try Verdict.parse(reply(), nonce: nonce, brief: .none)
    #expect(verdict.preference == .r1Much && verdict.fit == .init(r1: 8, r2: 3) && verdict.reason == "because")
    #expect(verdict.errors == [Verdict.Fault(place: .r2, quote: "4", kind: .wrong)])
    #expect(fault("  \n```json\n\(reply())\n```\n") == nil, "one fence around the whole is taken off")
    let kept = try JSONDocument().parse(verdict.json.serialized())
    #expect(Verdict(json: kept) == verdict)
  }

  @Test func whatIsNotExactlyOneObjectIsNoVerdict() {
    let refused = [
      "I prefer the first.", "", "null", "[]", "\(reply())\(reply())", "\(reply())\n\(reply())",
      "Here it is: \(reply())", "\(reply()) done", reply().dropLast().description,
      reply().replacing("\"reason\"", with: "\"why\""), reply().replacing("\"fit\":", with: "\"extra\":1,\"fit\":"),
      reply().replacing("\"reason\":\"because\"", with: "\"reason\":\"a\",\"reason\":\"b\""),
      reply(preference: "a"), reply(fit: (11, 0)), reply().replacing("0.9", with: "1.5"),
      reply().replacing("\"r1\":8", with: "\"r1\":7.5"),
      reply().replacing("\"kind\":\"wrong\"", with: "\"kind\":\"bad\""),
      String(repeating: "[", count: 5000),
    ]
    for text in refused { #expect(fault(text) == .unparsed, "expected no verdict from: \(text.prefix(200))") }
  }

  @Test func anotherCallsNonceIsNoVerdict() {
    #expect(fault(reply(nonce: "ffffffffffffffffffffffffffffffff")) == .nonce)
    #expect(fault(reply(nonce: "")) == .nonce)
  }

  @Test(arguments: [
    ("r1_much", 3, 8, true), ("r1_slight", 4, 5, true), ("r1_much", 8, 8, false), ("r1_slight", 9, 2, false),
    ("tie", 9, 4, true), ("tie", 6, 5, false), ("r2_slight", 5, 6, false), ("r2_much", 9, 1, true),
    ("cannot_judge", 9, 1, false),
  ])
  func preferenceAndFit(preference: String, r1: Int, r2: Int, isIncoherent: Bool) {
    let kind = fault(reply(preference: preference, fit: (r1, r2)))
    #expect((kind == .incoherent) == isIncoherent, "\(preference) with fits \(r1) and \(r2)")
  }

  @Test func criteriaThatAllPointTheOtherWay() {
    let brief = Brief(ownCriteria: ["one", "two", "three"])
    let against =
      #"[{"id":"c1","r1":"no","r2":"yes"},{"id":"c2","r1":"partly","r2":"yes"},{"id":"c3","r1":"na","r2":"yes"}]"#
    #expect(fault(reply(criteria: against), brief: brief) == .incoherent)
    let mixed = #"[{"id":"c1","r1":"no","r2":"yes"},{"id":"c2","r1":"yes","r2":"no"}]"#
    #expect(fault(reply(criteria: mixed), brief: brief) == nil)
    #expect(fault(reply(criteria: against)) == nil, "criteria that the brief does not have say nothing")
  }

  @Test func noBytesCrashTheReader() {
    var random = SplitMix64(seed: 4)
    let whole = Array(reply().utf8)
    for _ in 0..<4000 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: place)
        default: bytes.insert(contentsOf: whole.prefix(Int.random(in: 0..<40, using: &random)), at: place)
        }
      }
      _ = fault(String(decoding: bytes, as: UTF8.self))
    }
  }
}

/// The table of outcomes, by the judges that scripts play: each is asked with A first and with B first.
@Suite(.ownThreads) struct PairOutcomeTests {
  private func read(_ text: String) -> OrderReading {
    do throws(VerdictFault) {
      return .verdict(try Verdict.parse(text, nonce: "0123456789abcdef0123456789abcdef", brief: .none))
    } catch {
      return error.kind == .incoherent ? .incoherent(error.message) : .unparsed(error.message)
    }
  }

  private func outcome(_ ab: String, _ ba: String) -> PairOutcome { .combine(ab: read(ab), ba: read(ba)) }
  private let r1 = reply()
  private let r2 = reply(preference: "r2_slight", fit: (5, 7))
  private let tie = reply(preference: "tie", fit: (6, 6), tie: "\"both_good\"")

  @Test func theSameWinnerInBothOrders() {
    let found = outcome(r1, r2)
    #expect(found.kind == .win && found.winner == .a && found.rankingValue == 1)
    #expect(found.fitA == 7.5 && found.fitB == 4, "fits with slots exchanged back")
    #expect(outcome(r2, r1).rankingValue == 0)
    #expect(found.value == 0.875, "much and slight: (1 + 0.75) / 2")
  }

  @Test func aJudgeThatAlwaysPrefersTheFirstSlot() {
    let found = outcome(r1, r1)
    #expect(found.kind == .orderSplit && found.winner == nil && found.rankingValue == 0.5)
    #expect(outcome(r2, r2).kind == .orderSplit)
  }

  @Test func aWinnerAndATie() {
    #expect(outcome(r1, tie).kind == .weakWin && outcome(r1, tie).rankingValue == 0.75)
    #expect(outcome(tie, r1).rankingValue == 0.25, "B was r1 when B was listed first")
  }

  @Test func twoTies() {
    #expect(outcome(tie, tie).kind == .tie && outcome(tie, tie).tieKind == .bothGood)
    #expect(outcome(tie, tie).rankingValue == 0.5)
    let bad = reply(preference: "tie", fit: (1, 1), tie: "\"both_bad\"")
    #expect(outcome(bad, bad).tieKind == .bothBad && outcome(bad, tie).tieKind == nil)
  }

  @Test(arguments: ["I like the first one.", reply() + reply(), reply(nonce: "00000000000000000000000000000000")])
  func aReplyOutOfForm(text: String) {
    #expect(outcome(text, text).kind == .none && outcome(text, text).rankingValue == nil)
    #expect(outcome(r1, text).kind == .half && outcome(r1, text).rankingValue == nil)
    #expect(outcome(text, r1).kind == .half)
  }

  @Test func aJudgeThatCannotJudge() {
    let cannot = reply(preference: "cannot_judge", fit: (5, 5))
    #expect(outcome(cannot, cannot).kind == .none && outcome(cannot, r1).kind == .half)
  }

  @Test func quarantineKeepsItFromCounting() {
    var found = outcome(r1, r2)
    found.isQuarantined = true
    #expect(found.rankingValue == nil)
    var judgement = Judgement(
      id: "c00000000001", created: 0, a: ResponseKey(session: "s", turn: 1, lane: 0, generation: 1),
      b: ResponseKey(session: "s", turn: 1, lane: 1, generation: 1), judge: "x/y", version: "v", outcome: found)
    #expect(judgement.rankingValue == nil)
    judgement.isConfirmed = true
    #expect(judgement.rankingValue == 1)
    judgement.isSetAside = true
    #expect(judgement.rankingValue == nil)
  }

  @Test func withoutAJudge() {
    func mechanical(_ a: String, _ b: String, _ aFailed: Bool = false, _ bFailed: Bool = false) -> PairOutcome? {
      PairOutcome.mechanical(a: a, b: b, aFailed: aFailed, bFailed: bFailed)
    }
    #expect(mechanical("x", " x\n")?.kind == .tie)
    #expect(mechanical("", "x")?.winner == .b && mechanical("", "x")?.isMechanical == true)
    #expect(mechanical("x", "y", false, true)?.winner == .a)
    #expect(mechanical(" ", "")?.kind == PairOutcome.Kind.none)
    #expect(mechanical("x", "y") == nil)
    #expect(mechanical("e\u{301}", "é") == nil, "other bytes are another text")
  }

  @Test func anOutcomeIsKeptAsItWas() throws {
    var found = outcome(r1, tie)
    found.flags = ["one", "two"]
    let view = try JSONDocument().parse(found.json.serialized())
    #expect(PairOutcome(json: view) == found)
  }
}
