import Core
import Logging

extension GatewayCall {
  /// What there is to tell of an answer that has ended.
  init(
    _ answer: Answer, _ responses: [Response], _ request: ClientRequest, _ sender: Gateway.Sender, key: String?
  ) {
    self.init(
      asked: answer.decision.name, dialect: answer.dialect, path: sender.path, isStream: answer.isStream,
      status: answer.status, began: sender.date, duration: answer.clock.now() - sender.began)
    self.key = key
    firstToken = answer.firstToken
    error = answer.error?.rawValue
    isRace = answer.decision.order.isRace
    upstream = responses.enumerated().map { place, response in
      UpstreamCall(
        response, isWinner: response.lane == answer.winner,
        isFallback: place > 0 && !isRace)
    }
    session = answer.call
    parent = sender.parent
  }

  /// For a line of the log: numbers and names, never a word of what was asked or answered.
  var logFields: Logger.Metadata {
    func milliseconds(_ nanoseconds: Int64) -> String { decimalText(Double(nanoseconds / 10_000) / 100) }
    var fields: [String: String] = [
      "route": asked, "path": path, "status": "\(status)", "stream": "\(isStream)", "ms": milliseconds(duration),
    ]
    fields["call"] = session
    fields["key"] = key
    fields["error"] = error
    fields["ttft_ms"] = firstToken.map(milliseconds)
    if let winner {
      fields["model"] = winner.model.text
      fields["input"] = "\(winner.usage.input)"
      fields["output"] = "\(winner.usage.output)"
      fields["cost"] = winner.cost.amount?.decimalText
    }
    return fields.mapValues { .string($0) }
  }
}
