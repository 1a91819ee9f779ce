import Core
import Workbench

/// The JSON document of `race --json`: a contract that other programs read. Times in milliseconds, money in dollars as text.
struct RaceDocument {
  let session: String
  let turn: Turn
  let outcome: RaceOutcome

  /// Of a stored turn: with what was found of it since, and the prompt itself.
  var jsonWithPrompt: JSON {
    var document = json
    document["marks"] = marks
    document["prompt"] = .string(turn.prompt)
    return document
  }

  var json: JSON {
    var document: JSON = [
      "session": .string(session), "turn": .int(turn.number), "rule": .string(turn.rule.rawValue),
      "winner": outcome.winner.map { .int($0) } ?? .null, "prompt_sha256": .string(turn.promptSHA256),
      "responses": .array(outcome.ordered.map(Self.response)),
    ]
    if turn.rule == .firstGood {
      document["fits"] = .array(outcome.fits.map(Self.fit))
      document["acceptable"] = acceptable
    }
    return document
  }

  var marks: JSON {
    let marks = outcome.marks(turn, session: session)
    func lane(_ number: Int?) -> JSON { number.map { .int($0) } ?? .null }
    return [
      "fastest": lane(marks.fastest), "judges_best": lane(marks.judgesBest), "picked": lane(marks.picked),
      "open_pick": lane(marks.openPick),
    ]
  }

  /// What one acceptable answer took and cost, losers and judge included; null when none was found.
  private var acceptable: JSON {
    guard outcome.winner != nil else { return .null }
    let cost = outcome.costOfWinning
    return [
      "after_ms": Self.milliseconds(outcome.wonAfter),
      "cost_usd": cost.hasUnknown ? .null : .string(cost.amount.decimalText),
    ]
  }

  static func fit(_ fit: Fit) -> JSON {
    [
      "lane": .int(fit.answer.lane), "judge": .string(fit.judge), "fit": fit.value.map { .int($0) } ?? .null,
      "reason": .string(fit.reason), "quarantined": .bool(fit.isQuarantined), "judging_ms": milliseconds(fit.time),
      "cost": ["usd": fit.hasUnknownCost ? .null : .string(fit.cost.decimalText)],
    ]
  }

  static func response(_ response: Response) -> JSON {
    var document: JSON = [
      "lane": .int(response.lane), "provider": .string(response.model.provider), "model": .string(response.model.model),
      "model_reported": .optional(response.modelReported), "parameters": response.parameters.json,
      "state": .string(response.state.rawValue), "finish_reason": .optional(response.finishReason?.rawValue),
      "text": .string(response.text), "reasoning": .string(response.reasoning), "error": response.error?.json ?? .null,
      "usage": usage(response.usage), "cost": cost(response.cost), "timing": timing(response),
      "attempts": .array(response.attempts.map(\.json)),
    ]
    if let prompt = response.prompt { document["prompt"] = .string(prompt) }
    return document
  }

  private static func usage(_ usage: Usage) -> JSON {
    [
      "input": .int(usage.input), "cache_read": .int(usage.cacheRead), "cache_write": .int(usage.cacheWrite),
      "output": .int(usage.output), "reasoning": .int(usage.reasoning), "source": .string(usage.source.rawValue),
    ]
  }

  private static func cost(_ cost: Cost) -> JSON {
    [
      "usd": .optional(cost.amount?.decimalText), "status": .string(cost.status.rawValue),
      "at_least_usd": .optional(cost.atLeast?.decimalText), "at_most_usd": .optional(cost.atMost?.decimalText),
      "reasons": .array(cost.reasons.map { .string($0) }),
      "computed_usd": .optional(cost.computed?.decimalText), "reported_usd": .optional(cost.reported?.decimalText),
      "price": cost.price?.json ?? .null, "wasted": .bool(cost.isWasted),
    ]
  }

  private static func timing(_ response: Response) -> JSON {
    let timing = response.timing
    return [
      "reused_connection": .bool(timing.reusedConnection), "dns_ms": milliseconds(timing.nameLookup),
      "connect_ms": milliseconds(timing.connect), "tls_ms": milliseconds(timing.tls),
      "ttfb_ms": milliseconds(timing.firstByte),
      "ttft_ms": milliseconds(timing.firstToken), "ttfo_ms": milliseconds(timing.firstAnswer),
      "e2e_ms": milliseconds(timing.end),
      "tokens_per_second": Scoreboard.speed(response).map { .double(($0 * 100).rounded() / 100) } ?? .null,
      "chunks": .int(timing.chunks),
    ]
  }

  /// Microsecond precision.
  static func milliseconds(_ nanoseconds: Int64?) -> JSON {
    nanoseconds.map { .double(Double(($0 + 500) / 1000) / 1000) } ?? .null
  }
}
