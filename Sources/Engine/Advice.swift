import Core
import Providers

/// The one sentence a person reads for a failed call: who refused what, in whose words, and what to do.
enum Advice {
  /// - Parameter model: nil for calls that name none.
  static func sentence(_ error: ResponseError, service: Service, model: String?) -> String {
    let status = error.status.map { " (\($0))" } ?? ""
    let words = VisibleText.line(error.message)
    // The sentence around it brings its own full stop.
    let told = words.count > 300 ? words.prefix(300) + "…" : words.hasSuffix(".") ? words.dropLast() : words[...]
    let keyName = service.keyVariables.first ?? "the key"
    switch error.kind {
    case .auth: return "\(service.id) refused the key\(status): \(told). Check \(keyName)."
    case .rateLimit: return "\(service.id) is rate-limiting\(status): \(told). Wait, or use another provider."
    case .money: return "\(service.id) wants money\(status): \(told). Add credit, or use another provider."
    case .badRequest: return "\(service.id) refused the request\(status): \(told)."
    case .notFound:
      return
        "\(service.id) does not know \(model.map { "‘\($0)’" } ?? "this")\(status): \(told). See: furlong models \(service.id)"
    case .contextLength:
      return "too long for \(model ?? "the model")\(status): \(told). Shorten the prompt or take a larger model."
    case .overloaded: return "\(service.id) is overloaded\(status): \(told). Retry in a moment."
    case .server: return "\(service.id) failed\(status): \(told). Retry, or use another provider."
    case .protocolFault: return "\(service.id) \(told)"
    case .network, .timeout, .cut, .cancelled: return "\(service.id): \(told)"
    }
  }
}
