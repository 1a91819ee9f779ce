import Core

/// Writes an answer in a client's dialect, from what Furlong understood of it: the events of a stream, or one body. One for each
/// answer; on the transfer thread.
protocol AnswerWriter {
  /// Of the next event, where events are numbered.
  var sequence: Int { get }
  /// What comes before any content.
  mutating func begin(into out: inout EventText)
  mutating func write(_ event: ResponseEvent, into out: inout EventText)
  /// The end of a whole answer, with its usage.
  mutating func end(_ response: Response, into out: inout EventText)
  /// The same answer as one body.
  func whole(_ response: Response) -> JSON
}

extension AnswerWriter {
  var sequence: Int { 0 }
}

/// What every event of an answer repeats.
struct AnswerHead {
  /// The call's id, 12 hexadecimal digits.
  var call: String
  /// The model that answers, `provider/model`.
  var model: String
  /// Seconds since 1970.
  var created: Int64
  /// A chat client that wants the usage chunk.
  var wantsUsage = false
}

/// The text of a `text/event-stream`, being written.
struct EventText {
  private(set) var bytes: [UInt8] = []

  var isEmpty: Bool { bytes.isEmpty }

  mutating func event(_ data: JSON, name: String? = nil) { event(data.serialized(), name: name) }

  mutating func event(_ data: String, name: String? = nil) {
    begin(name)
    bytes += data.utf8
    bytes += "\n\n".utf8
  }

  /// An event as it came from a provider.
  mutating func event(_ data: UnsafeRawBufferPointer, name: String?) {
    begin(name)
    // Between values it is a blank to JSON, but the end of the line to readers of events.
    if data.contains(0x0D) {
      bytes += data.map { $0 == 0x0D || $0 == 0x0A ? 0x20 : $0 }
    } else if data.contains(0x0A) {
      // Data in several lines came as several fields.
      for (place, line) in data.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
        if place > 0 { bytes += "\ndata: ".utf8 }
        bytes += UnsafeRawBufferPointer(rebasing: line)
      }
    } else {
      bytes += data
    }
    bytes += "\n\n".utf8
  }

  private mutating func begin(_ name: String?) {
    if let name {
      bytes += "event: ".utf8
      bytes += name.utf8
      bytes.append(0x0A)
    }
    bytes += "data: ".utf8
  }

  /// Passed over by every reader of such streams.
  mutating func comment(_ text: String) { bytes += ": \(text)\n\n".utf8 }

  mutating func append(_ other: EventText) { bytes += other.bytes }

  mutating func take() -> [UInt8] {
    defer { bytes = [] }
    return bytes
  }
}

extension ClientDialect {
  func writer(_ head: AnswerHead) -> any AnswerWriter {
    switch self {
    case .chat: ChatWriter(head)
    case .responses: ResponsesWriter(head)
    case .anthropic: MessagesWriter(head)
    }
  }

  /// Ends a stream that has begun: neither SDK notices one that merely stops.
  /// - Parameter sequence: of the next event, where events are numbered.
  func writeFault(_ fault: ClientFault, head: AnswerHead, sequence: Int, into out: inout EventText) {
    switch self {
    case .chat: out.event(["error": fault.openAIError])
    case .anthropic:
      out.event(
        ["type": "error", "error": fault.anthropicError, "request_id": .string(head.call)], name: "error")
    case .responses:
      out.event(
        ["type": "error", "sequence_number": .int(sequence), "error": fault.openAIError], name: "error")
      var response = ResponsesWriter(head).response(status: "failed", output: [])
      response["error"] = ["code": "server_error", "message": .string(fault.message)]
      out.event(
        ["type": "response.failed", "sequence_number": .int(sequence + 1), "response": response],
        name: "response.failed")
    }
  }

  /// Keeps a stream open on which nothing is said.
  func writeKeepAlive(into out: inout EventText) {
    if self == .anthropic { out.event(["type": "ping"], name: "ping") } else { out.comment("keep-alive") }
  }
}

extension Response {
  /// The sum of this call in US dollars, for a client; nil when unknown.
  var dollars: JSON? { cost.amount.map { .number($0.decimalText) } }
}
