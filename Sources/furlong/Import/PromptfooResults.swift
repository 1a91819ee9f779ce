import Core
import Store
import Workbench

/// The JSON that `promptfoo eval -o FILE.json` writes, of version 3 and before: a test with a prompt is a turn of a data set, a
/// provider is a lane.
struct PromptfooResults {
  static let origin = "promptfoo"
  /// A session holds no more lanes.
  private static let mostLanes = 9

  private let resolve: (String) -> ModelID
  private var lanes: [(key: String, lane: Lane)] = []
  private var lanePlaces: [String: Int] = [:]
  private var turns: [Turn] = []
  private var turnPlaces: [String: Int] = [:]
  /// Every turn's answers, by lane.
  private var answers: [[Int: [Response]]] = []

  /// - Throws: `InvalidFile` with the place of what cannot be understood.
  static func sessions(_ bytes: [UInt8], resolve: @escaping (String) -> ModelID) throws(InvalidFile) -> [SessionRows] {
    let document = JSONDocument()
    let parsed: Result<JSONView, JSONDocument.Malformed> = bytes.withUnsafeBytes { bytes in
      Result { () throws(JSONDocument.Malformed) in try document.parse(bytes) }
    }
    let root: JSONView
    do throws(JSONDocument.Malformed) { root = try parsed.get() } catch {
      throw InvalidFile("what stands at byte \(error.offset + 1) is not JSON")
    }
    // The summary with what was configured around it, or alone as it was once written.
    let summary = root["results"].flatMap { $0.isObject ? $0 : nil } ?? root
    guard let list = summary["results"], list.isArray else {
      throw InvalidFile("it is no result of promptfoo: there is no list ‘results.results’")
    }
    var results = PromptfooResults(resolve: resolve)
    for (index, result) in list.elements.enumerated() { try results.add(result, "results.results[\(index)]") }
    guard !results.turns.isEmpty else { throw InvalidFile("it holds no results: ‘results.results’ is empty") }
    let name = root["evalId"]?.string ?? SHA256.hexadecimal(bytes)
    return results.sessions(name: name, title: title(root), created: date(root, summary))
  }

  private init(resolve: @escaping (String) -> ModelID) { self.resolve = resolve }

  private static func title(_ root: JSONView) -> String {
    let words = root["config"]?["description"]?.string ?? root["evalId"]?.string ?? ""
    return words.isEmpty ? origin : "\(origin): \(sessionTitle(words))"
  }

  /// Older files tell no time.
  private static func date(_ root: JSONView, _ summary: JSONView) -> Int64 {
    let times = [summary["timestamp"], root["createdAt"], root["metadata"]?["exportedAt"]].compactMap { $0?.string }
    return times.lazy.compactMap { secondsSince1970(isoTime: $0) }.first ?? Clock.system.date()
  }

  private mutating func add(_ result: JSONView, _ place: String) throws(InvalidFile) {
    guard result.isObject else { throw InvalidFile("\(place) is not an object") }
    guard let raw = result["prompt"]?["raw"]?.string ?? result["prompt"]?.string else {
      throw InvalidFile("\(place).prompt.raw is missing")
    }
    guard let provider = result["provider"]?["id"]?.string ?? result["provider"]?.string else {
      throw InvalidFile("\(place).provider.id is missing")
    }
    let turn = turnIndex(result, raw)
    let lane = laneIndex(provider, label: result["provider"]?["label"]?.string ?? "")
    var response = Response(lane: lane, model: lanes[lane].lane.model, parameters: Parameters())
    // A test that is repeated answers more than once.
    response.generation = (answers[turn][lane]?.count ?? 0) + 1
    Self.read(result, into: &response)
    answers[turn][lane, default: []].append(response)
  }

  private mutating func turnIndex(_ result: JSONView, _ raw: String) -> Int {
    let test = result["testIdx"]?.count
    // Before version 3 tests have no numbers: they are told apart by what was put into the prompt.
    let key = "\(test.map(String.init) ?? result["vars"]?.source ?? "")\n\(raw)"
    if let place = turnPlaces[key] { return place }
    let (system, prompt) = Self.messages(raw)
    var turn = Turn(number: turns.count + 1, prompt: prompt, system: system, rule: .all)
    let words = result["testCase"]?["description"]?.string ?? result["description"]?.string
    turn.item = words ?? test.map { "test \($0 + 1)" } ?? "test \(turns.count + 1)"
    turns.append(turn)
    answers.append([:])
    turnPlaces[key] = turns.count - 1
    return turns.count - 1
  }

  private mutating func laneIndex(_ provider: String, label: String) -> Int {
    let key = "\(provider)\n\(label)"
    if let place = lanePlaces[key] { return place }
    lanes.append((key, Lane(model: resolve(provider))))
    lanePlaces[key] = lanes.count - 1
    return lanes.count - 1
  }

  /// A chat of a system prompt and one question; anything else stays as it was written.
  private static func messages(_ raw: String) -> (system: String?, prompt: String) {
    guard raw.first == "[", let list = try? JSONDocument().parse(raw) else { return (nil, raw) }
    let all = list.elements.map { (role: $0["role"]?.string, text: $0["content"]?.string) }
    switch (all.count, all.first?.role, all.last?.role) {
    case (1, "user", _): return (nil, all[0].text ?? raw)
    case (2, "system", "user"):
      guard let system = all[0].text, let prompt = all[1].text else { return (nil, raw) }
      return (system, prompt)
    default: return (nil, raw)
    }
  }

  private static func read(_ result: JSONView, into response: inout Response) {
    let reply = result["response"]
    let output = reply?["output"]
    if let output, !output.isNull {
      response.text = output.string ?? output.source
      response.state = .done
      switch reply?["finishReason"]?.string {
      case "length", "max_tokens":
        response.state = .truncated
        response.finishReason = .length
      case "stop", "end_turn": response.finishReason = .stop
      case "content_filter", "refusal":
        response.state = .refused
        response.finishReason = .refusal
      default: break
      }
    } else {
      response.state = .failed
      let words = reply?["error"]?.string ?? result["error"]?.string ?? "promptfoo kept no answer"
      response.error = ResponseError(.server, words, retryable: false)
    }
    let isCached = reply?["cached"]?.bool == true
    // From its cache it took no time.
    if !isCached { response.timing.end = result["latencyMs"]?.double.flatMap(nanoseconds) }
    readUsage(reply?["tokenUsage"] ?? result["tokenUsage"], into: &response)
    readCost(result, isCached: isCached, into: &response)
    response.notices += grading(result) + (isCached ? ["from promptfoo's cache"] : [])
  }

  private static func nanoseconds(_ milliseconds: Double) -> Int64? {
    (0...1e9).contains(milliseconds) ? Int64(saturating: milliseconds * 1_000_000) : nil
  }

  private static func readUsage(_ usage: JSONView?, into response: inout Response) {
    guard let usage, let input = usage["prompt"]?.tokens, let output = usage["completion"]?.tokens, input + output > 0
    else {
      for name in ["prompt", "completion"] {
        guard let value = usage?.members.first(where: { $0.name == name })?.value, value.numberText != nil,
          value.tokens == nil
        else { continue }
        response.notices.append("tokenUsage.\(name) \(value.source.prefix(40)) is out of range: left out")
      }
      response.usage.source = .estimated
      return
    }
    response.usage.input = input
    response.usage.output = output
    response.usage.reasoning = min(output, usage["completionDetails"]?["reasoning"]?.tokens ?? 0)
    response.usage.raw = usage.source
  }

  /// promptfoo multiplies by its own price list: an estimate, and 0 where it knows no price.
  private static func readCost(_ result: JSONView, isCached: Bool, into response: inout Response) {
    let text = result["response"]?["cost"]?.numberText ?? result["cost"]?.numberText
    guard !isCached, let text, Double(text) != 0 else { return }
    guard let cost = Money(decimal: text), cost >= .zero, cost.isOfCall else {
      response.notices.append("the cost \(text.prefix(40)) is out of range: left out")
      return
    }
    guard cost > .zero else { return }
    response.cost.reported = cost
    response.cost.reportedIsCharge = false
    response.cost.status = .estimated
  }

  private static func grading(_ result: JSONView) -> [String] {
    guard let success = result["success"]?.bool ?? result["gradingResult"]?["pass"]?.bool else { return [] }
    let score = (result["score"]?.double ?? result["gradingResult"]?["score"]?.double).map {
      ", score \(decimalText($0))"
    }
    let reason = success ? nil : result["gradingResult"]?["reason"]?.string.map { ": \($0)" }
    return ["promptfoo: \(success ? "passed" : "not passed")\(score ?? "")\(reason ?? "")"]
  }

  /// Nine lanes a session.
  private func sessions(name: String, title: String, created: Int64) -> [SessionRows] {
    stride(from: 0, to: lanes.count, by: Self.mostLanes).map { first in
      let range = first..<min(lanes.count, first + Self.mostLanes)
      let isOnly = lanes.count <= Self.mostLanes
      var session = ForeignSession(
        origin: Self.origin, name: isOnly ? name : "\(name)\n\(first)", created: created,
        title: isOnly ? title : "\(title), lanes \(first + 1) to \(range.upperBound)", purpose: .batch,
        lanes: lanes[range].map(\.lane))
      for (index, turn) in turns.enumerated() {
        let own = answers[index].filter { range.contains($0.key) }.sorted { $0.key < $1.key }.flatMap(\.value)
        let moved = own.map { response in
          var response = response
          response.lane -= first
          return ForeignSession.Answer(response, created: created)
        }
        session.turns.append((turn, created, moved))
      }
      return SessionRows(session)
    }
  }
}
