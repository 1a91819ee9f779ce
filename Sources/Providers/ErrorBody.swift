import Core

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Reads the many shapes in which providers say no, and sorts them into Furlong's kinds. Shared by all dialects, since
/// OpenAI-shaped errors come from everywhere and proxies mix the shapes.
public enum ErrorBody {
  /// An error object in a JSON body or stream event; nil when there is none. `status` is nil inside a 200 stream, where the
  /// kind comes from the words alone.
  public static func read(_ body: JSONView, status: Int?) -> ResponseError? {
    // Gemini may send a one-element array.
    if body.isArray { return body.first.flatMap { read($0, status: status) } }
    guard body.isObject else { return nil }
    if let error = body["error"] {
      if let message = error.string {
        // Ollama and xAI: {"error": "…", "code": "…"}.
        return make(message, words: [body["code"]?.string], status: status, body: body)
      }
      guard error.isObject else { return nil }
      let code = error["code"]
      let metadata = error["metadata"]
      let words = [
        error["type"]?.string, code?.string, error["status"]?.string, metadata?["error_type"]?.string,
        error["details"]?["error_code"]?.string,
      ]
      let inner = (code?.int ?? body["status_code"]?.int).flatMap { (400..<600).contains($0) ? $0 : nil }
      return make(
        error["message"]?.string ?? metadata?["raw"]?.string ?? code?.string ?? "", words: words,
        status: status ?? inner,
        body: error)
    }
    if let detail = body["detail"] {
      // FastAPI: a sentence, an object, or a list of validation errors.
      let message =
        detail.string ?? detail["error"]?.string
        ?? detail.elements.compactMap { item in
          let place = item["loc"]?.elements.compactMap { $0.string }.joined(separator: ".") ?? ""
          return item["msg"]?.string.map { place.isEmpty ? $0 : "\(place): \($0)" }
        }.joined(separator: "; ")
      return make(message, words: [], status: status, body: detail)
    }
    let isError = body["type"]?.isString("error") == true || body["object"]?.isString("error") == true || status != nil
    guard isError, let message = body["message"]?.string else { return nil }
    return make(message, words: [body["type"]?.string, body["code"]?.string], status: status, body: body)
  }

  /// An answer with an error status. `body` may be anything; headers are lower-cased.
  public static func read(status: Int, headers: [String: String], body: [UInt8], now: Int64) -> ResponseError {
    let document = JSONDocument()
    let parsed = try? body.withUnsafeBytes { try document.parse($0) }
    var error =
      parsed.flatMap { read($0, status: status) }
      ?? make(excerpt(of: body), words: [], status: status, body: nil)
    error.retryAfter = retryAfter(headers, now: now) ?? error.retryAfter
    return error
  }

  private static func excerpt(of body: [UInt8]) -> String {
    let text = VisibleText.line(String(decoding: body.prefix(200), as: UTF8.self))
    return text.contains("<html") || text.hasPrefix("<!")
      ? "a web page instead of JSON: check base_url and any proxy" : text
  }

  private static func make(_ message: String, words: [String?], status: Int?, body: JSONView?) -> ResponseError {
    let words = words.compactMap { $0?.lowercased() }
    let kind = kind(words: words, message: message.lowercased(), status: status)
    var error = ResponseError(kind, message.isEmpty ? "no reason given" : message, status: status)
    if let body {
      error.retryAfter = retryDelay(in: body)
      error.refusedParameter = refusedParameter(body, words: words, message: message)
    }
    // A spent daily quota does not come back within a race.
    if kind == .rateLimit, body?.source.contains("PerDay") == true { error.retryable = false }
    return error
  }

  private static let moneyWords = [
    "insufficient_quota", "billing_error", "payment_required", "budget_exceeded", "enforced_spend_limit_reached",
    "contract_spend_limit_reached", "linked_organization_spend_limit_reached",
  ]
  private static let contextWords = [
    "context_length_exceeded", "exceed_context_size_error", "model_context_window_exceeded",
  ]
  private static let contextPhrases = [
    "maximum context length", "context size", "prompt is too long", "context window", "input token count",
  ]

  private static func kind(words: [String], message: String, status: Int?) -> ResponseError.Kind {
    func says(_ candidates: [String]) -> Bool { words.contains { candidates.contains($0) } }
    if says(moneyWords) || status == 402 { return .money }
    if says(contextWords) { return .contextLength }
    if [nil, 400, 413, 422].contains(status), contextPhrases.contains(where: { message.contains($0) }) {
      return .contextLength
    }
    // Gemini answers 400 to a wrong key.
    if message.contains("api key not valid") || message.contains("api_key_invalid") { return .auth }
    switch status {
    case 401, 403: return .auth
    case 404: return .notFound
    case 429: return .rateLimit
    case 503, 529: return .overloaded
    case 408, 409: return .server
    case let status? where status >= 500: return .server
    case let status? where status >= 400: return .badRequest
    default: break
    }
    if says(["overloaded_error", "overloaded", "unavailable", "provider_overloaded", "provider_unavailable"]) {
      return .overloaded
    }
    if says(["rate_limit_error", "rate_limit_exceeded", "rate_limit", "resource_exhausted"]) { return .rateLimit }
    if says(["authentication_error", "permission_error", "authentication", "permission_denied", "unauthenticated"]) {
      return .auth
    }
    if says(["not_found_error", "not_found", "model_not_found"]) { return .notFound }
    if says(["invalid_request_error", "invalid_request", "invalid_argument"]) { return .badRequest }
    return .server
  }

  /// The wire name of a parameter that the model refuses, when the provider says so.
  private static func refusedParameter(_ body: JSONView, words: [String], message: String) -> String? {
    if let name = body["param"]?.string, !name.isEmpty { return name }
    guard words.contains("unsupported_parameter") || message.contains("nsupported parameter") else { return nil }
    return message.split(whereSeparator: { "'`\"".contains($0) }).map(String.init).first {
      !$0.contains(" ") && $0.contains(where: \.isLetter)
    }
  }

  /// Gemini's `google.rpc.RetryInfo.retryDelay` (`"34.4s"`), in nanoseconds.
  private static func retryDelay(in body: JSONView) -> Int64? {
    for detail in body["details"]?.elements ?? [] {
      if let text = detail["retryDelay"]?.string, text.hasSuffix("s") {
        return nanoseconds(seconds: String(text.dropLast()))
      }
    }
    return nil
  }

  /// `retry-after-ms`, or `retry-after` in seconds, fractions included, or as an HTTP date. Nanoseconds from `now` (Unix seconds).
  static func retryAfter(_ headers: [String: String], now: Int64) -> Int64? {
    if let text = headers["retry-after-ms"], let value = Double(text), value >= 0 {
      return nanoseconds(seconds: text).map { $0 / 1000 }
    }
    guard let text = headers["retry-after"] else { return nil }
    if let delay = nanoseconds(seconds: text) { return delay }
    return httpDate(text).map { $0.subtractingSaturating(now).clamped(to: 0...1_000_000_000) * 1_000_000_000 }
  }

  /// `Wed, 21 Oct 2026 07:28:00 GMT` (RFC 9110, section 5.6.7) in seconds since 1970.
  private static func httpDate(_ text: String) -> Int64? {
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let parts = text.split(whereSeparator: { $0 == " " || $0 == ":" }).map(String.init)
    guard parts.count == 8, let day = Int32(parts[1]), let month = months.firstIndex(of: parts[2]),
      let year = Int32(parts[3]),
      let hour = Int32(parts[4]), let minute = Int32(parts[5]), let second = Int32(parts[6]),
      (1970...9999).contains(year)
    else { return nil }
    var time = tm()
    (time.tm_mday, time.tm_mon, time.tm_year) = (day, Int32(month), year - 1900)
    (time.tm_hour, time.tm_min, time.tm_sec) = (hour, minute, second)
    return Int64(timegm(&time)).clamped(to: Bounds.dates)
  }

  private static func nanoseconds(seconds text: String) -> Int64? {
    guard let value = Double(text), value >= 0, value < 1e9 else { return nil }
    return Int64(saturating: value * 1e9)
  }
}
