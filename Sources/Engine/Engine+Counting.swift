import Core
import Providers
import Transport

extension Engine {
  /// Asks a service of the Anthropic dialect how many tokens a request has; nothing is generated and nothing is billed.
  public func countTokens(
    _ body: JSON, model: String, headers: [Service.Header], by service: Service
  ) async -> Result<Int, ResponseError> {
    guard let dialect = Dialects.named(service.dialect) else { return .failure(ResponseError(.notFound, "no dialect")) }
    if let fault = service.fault(inModel: model) { return .failure(ResponseError(.badRequest, fault)) }
    let base = service.baseURL(for: model)
    let path = dialect.request(Ask(model: model, messages: []), to: service).path + "/count_tokens"
    return await withCheckedContinuation { continuation in
      OwnThread.start {
        let key: String?
        switch self.key(for: service) {
        case .missing(let message): return continuation.resume(returning: .failure(ResponseError(.auth, message)))
        case .key(let found): key = found
        case .notNeeded: key = nil
        }
        let usual = dialect.headers(key: key).filter { header in
          !headers.contains { $0.name.lowercased() == header.name.lowercased() }
        }
        let all = usual + headers + service.headers + [.init("Content-Type", "application/json")]
        self.loop.perform {
          self.fetch(base + path, all, body: Array(body.serialized().utf8)) { answer in
            continuation.resume(returning: answer.flatMap { self.readCount($0, service, model) })
          }
        }
      }
    }
  }

  private func readCount(_ answer: Answer, _ service: Service, _ model: String) -> Result<Int, ResponseError> {
    guard (200..<300).contains(answer.status) else {
      var error = ErrorBody.read(
        status: answer.status, headers: answer.headers, body: answer.body, now: clock.date())
      error.message = Advice.sentence(error, service: service, model: model)
      error.message = redacted(error.message)
      return .failure(error)
    }
    let view = try? answer.body.withUnsafeBytes { try JSONDocument().parse($0) }
    guard let count = view?["input_tokens"]?.tokens else {
      return .failure(ResponseError(.protocolFault, "its count of tokens has no input_tokens", status: answer.status))
    }
    return .success(count)
  }

  /// Sends a body to an address of the person's own, such as a collector. The status, or why there is none.
  public func post(
    _ address: String, headers: [Service.Header], body: [UInt8]
  ) async -> Result<(status: Int, headers: [String: String]), ResponseError> {
    await withCheckedContinuation { continuation in
      loop.perform {
        self.fetch(address, headers, body: body) { answer in
          continuation.resume(returning: answer.map { ($0.status, $0.headers) })
        }
      }
    }
  }
}
