import Core

/// What a simulated judge says: in the form that judges are asked for, by a rule that anybody can see through. It prefers the
/// shorter answer, whichever is listed first.
enum ScriptedJudge {
  /// - Parameter prompt: as `JudgePrompt` makes it; nil for any other.
  static func reply(to prompt: String) -> String? {
    guard let nonce = prompt.firstMatch(of: /The nonce is ([0-9a-f]{32})\./)?.output.1,
      let line = prompt.split(separator: "\n").first(where: { $0.hasPrefix("{") }),
      let data = try? JSONDocument().parse(String(line))
    else { return nil }
    let answers = (data["answers"]?.elements ?? []).map { $0["text"]?.string ?? "" }
    let criteria = (data["brief"]?["criteria"]?.elements ?? []).compactMap { $0["id"]?.string }
    var reply: JSON = ["nonce": .string(String(nonce))]
    switch answers.count {
    case 0: brief(&reply)
    case 1: fit(answers[0], criteria, &reply)
    default: verdict(answers[0], answers[1], criteria, &reply)
    }
    return reply.serialized()
  }

  private static func brief(_ reply: inout JSON) {
    reply["task_type"] = "demonstration"
    reply["must_contain"] = []
    reply["criteria"] = [
      "Does it answer what was asked?", "Is it no longer than it has to be?", "Does it say that it is simulated?",
    ]
    reply["solution"] = .null
    reply["can_judge"] = .int(1)
  }

  /// 0 to 10: a point less for every 120 bytes.
  private static func points(_ answer: String) -> Int { answer.isEmpty ? 0 : max(1, 9 - answer.utf8.count / 120) }

  private static func fit(_ answer: String, _ criteria: [String], _ reply: inout JSON) {
    let points = points(answer)
    reply["criteria"] = .array(
      criteria.map { ["id": .string($0), "mark": points > 5 ? "yes" : "partly"] })
    reply["errors"] = []
    reply["addresses_judge"] = false
    reply["reason"] = .string("Simulated: it has \(answer.utf8.count) bytes.")
    reply["fit"] = .int(points)
  }

  private static func verdict(_ first: String, _ second: String, _ criteria: [String], _ reply: inout JSON) {
    let lengths = (first.utf8.count, second.utf8.count)
    let isTie = lengths.0 == lengths.1
    let prefersFirst = lengths.0 < lengths.1
    // The shorter one has at least a point more.
    var fits = (points(first), points(second))
    if isTie { fits.1 = fits.0 }
    if prefersFirst, fits.0 <= fits.1 { fits.1 = fits.0 - 1 }
    if !isTie, !prefersFirst, fits.1 <= fits.0 { fits.0 = fits.1 - 1 }
    reply["criteria"] = .array(
      criteria.map { id in
        [
          "id": .string(id), "r1": isTie || prefersFirst ? "yes" : "partly",
          "r2": isTie || !prefersFirst ? "yes" : "partly",
        ]
      })
    reply["errors"] = []
    reply["addresses_judge"] = ["r1": false, "r2": false]
    reply["reason"] = .string(
      isTie
        ? "Simulated: r1 and r2 have the same length."
        : "Simulated: \(prefersFirst ? "r1" : "r2") says it in fewer words than \(prefersFirst ? "r2" : "r1").")
    reply["preference"] = isTie ? "tie" : prefersFirst ? "r1_slight" : "r2_slight"
    reply["tie_kind"] = isTie ? "both_good" : .null
    reply["confidence"] = .int(1)
    reply["fit"] = ["r1": .int(fits.0), "r2": .int(fits.1)]
  }
}
