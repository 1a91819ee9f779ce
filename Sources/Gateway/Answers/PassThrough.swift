import Core

/// Hands the events of a provider to a client of the same dialect as they came, fields that nobody here knows included. One for
/// each answer; on the transfer thread.
struct PassThrough {
  private let dialect: ClientDialect
  /// Whether the client asked for the usage chunk, which the gateway always asks for.
  private let wantsUsage: Bool
  private let document = JSONDocument()
  /// Of the next event, where events are numbered.
  private(set) var sequence = 0
  private var isStopped = false

  init(_ dialect: ClientDialect, wantsUsage: Bool) {
    self.dialect = dialect
    self.wantsUsage = wantsUsage
  }

  mutating func pass(_ data: UnsafeRawBufferPointer, into out: inout EventText) {
    switch dialect {
    case .chat:
      if !wantsUsage, isUsageAlone(data) { return }
      out.event(data, name: nil)
    case .responses, .anthropic:
      guard let view = try? document.parse(data), let type = view["type"]?.string else { return }
      if let number = view["sequence_number"]?.count { sequence = number + 1 }
      isStopped = type == "message_stop"
      // The name stands in a line of its own.
      out.event(data, name: VisibleText.line(type))
    }
  }

  /// The end mark of a whole answer, where the provider left it out or the gateway writes it.
  func end(into out: inout EventText) {
    switch dialect {
    case .chat: out.event("[DONE]")
    case .anthropic: if !isStopped { out.event(["type": "message_stop"], name: "message_stop") }
    case .responses: break
    }
  }

  /// The chunk with nothing but the usage, which older clients stumble over.
  private func isUsageAlone(_ data: UnsafeRawBufferPointer) -> Bool {
    guard let view = try? document.parse(data), view["usage"]?.isObject == true else { return false }
    return view["choices"].map { $0.isArray && $0.first == nil } ?? false
  }
}
