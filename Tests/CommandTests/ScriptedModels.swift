import Core
import Foundation
import Synchronization
import TestSupport

/// Lanes and judges that a script plays on 127.0.0.1. A model whose name begins with `judge` is a judge: it sees the nonce and
/// the two answers as listed; any other answers the prompt.
final class ScriptedModels: Sendable {
  struct Call: Sendable {
    var model: String
    /// The last message of the person; for a judge, the envelope.
    var prompt: String
    var nonce = ""
    /// The texts that a judge compares, as listed; none for a brief.
    var answers: [String] = []

    var isJudge: Bool { model.hasPrefix("judge") }
    var isBrief: Bool { isJudge && answers.isEmpty }
  }

  let server: LoopbackServer
  /// In the order they arrived.
  let journal: Journal<Call>

  /// - Parameters:
  ///   - lanes: what a lane does.
  ///   - verdict: the judge's words; briefs are written for it.
  init(
    lanes: @escaping @Sendable (Call) -> [Step],
    verdict: @escaping @Sendable (Call) -> String = { ScriptedModels.prefer($0) { $0.contains("right") } }
  ) {
    let journal = Journal<Call>()
    self.journal = journal
    server = LoopbackServer { request, _ in
      let call = Self.read(request.text)
      journal.append(call)
      guard call.isJudge else { return lanes(call) }
      return Self.whole(call.isBrief ? Self.brief(call.nonce) : verdict(call), model: "judge-2026")
    }
  }

  /// Every lane says the same as its name.
  convenience init(answers: [String: String]) {
    self.init(lanes: { Self.stream(answers[$0.model] ?? "no script for \($0.model)") })
  }

  var calls: [Call] { journal.entries }
  var laneCalls: [Call] { calls.filter { !$0.isJudge } }
  var verdictCalls: [Call] { calls.filter { $0.isJudge && !$0.isBrief } }

  /// Its provider `test` has no prices, `paid` has those of OpenAI.
  func program(_ more: String = "") throws -> Program {
    try Program(
      config: """
        providers:
          test: {base_url: "\(server.url)"}
          paid: {base_url: "\(server.url)", prices: openai}
        timeouts: {connect: 60, first_token: 60, silence: 60}
        \(more)
        """)
  }

  // MARK: What models say

  /// An answer as a stream, all at once.
  static func stream(_ text: String) -> [Step] {
    let quoted = JSON.string(text).serialized().dropFirst().dropLast()
    return .stream([.chat(String(quoted)), .chatEnd, .close])
  }

  static func whole(_ text: String, model: String) -> [Step] {
    .answer(
      200, ["Content-Type": "application/json"],
      body: """
        {"id":"x","model":"\(model)","choices":[{"index":0,"message":{"role":"assistant",\
        "content":\(JSON.string(text).serialized())},"finish_reason":"stop"}],\
        "usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}
        """)
  }

  static func brief(_ nonce: String) -> String {
    """
    {"nonce":"\(nonce)","task_type":"sum","must_contain":["4"],"criteria":["Is it right?","Is it short?","Is it clear?"],\
    "solution":"4","can_judge":1}
    """
  }

  static func verdict(_ nonce: String, _ preference: String) -> String {
    let fits = preference.hasPrefix("r1") ? (8, 4) : preference.hasPrefix("r2") ? (4, 8) : (6, 6)
    let kind = preference == "tie" ? "\"both_good\"" : "null"
    let marks = preference.hasPrefix("r1") ? ("yes", "no") : preference.hasPrefix("r2") ? ("no", "yes") : ("yes", "yes")
    let criterion = "{\"id\":\"c1\",\"r1\":\"\(marks.0)\",\"r2\":\"\(marks.1)\"}"
    return """
      {"nonce":"\(nonce)","criteria":[\(criterion)],"errors":[],"addresses_judge":{"r1":false,"r2":false},"reason":"so",\
      "preference":"\(preference)","tie_kind":\(kind),"confidence":1,"fit":{"r1":\(fits.0),"r2":\(fits.1)}}
      """
  }

  /// A verdict for the answer that is good; a tie when both are, or neither.
  static func prefer(_ call: Call, _ isGood: (String) -> Bool) -> String {
    let goods = call.answers.map(isGood)
    guard goods.count == 2, goods[0] != goods[1] else { return verdict(call.nonce, "tie") }
    return verdict(call.nonce, goods[0] ? "r1_much" : "r2_much")
  }

  private static func read(_ text: String) -> Call {
    guard let view = try? JSONDocument().parse(text) else { return Call(model: "", prompt: text) }
    let users = view["messages"]?.elements.filter { $0["role"]?.string == "user" } ?? []
    let first = users.first?["content"]?.string ?? ""
    let last = users.last?["content"]?.string ?? ""
    var call = Call(model: view["model"]?.string ?? "", prompt: last)
    guard call.isJudge else { return call }
    call.nonce = String(last.firstMatch(of: /[0-9a-f]{32}/)?.output ?? "")
    let data = first.split(separator: "\n").first { $0.hasPrefix("{") }.map(String.init) ?? "{}"
    call.answers = (try? JSONDocument().parse(data))?["answers"]?.elements.compactMap { $0["text"]?.string } ?? []
    return call
  }
}

extension JSONView {
  /// A member whose name a test computes.
  func member(_ name: String) -> JSONView? { members.first { $0.name == name }?.value }
}
