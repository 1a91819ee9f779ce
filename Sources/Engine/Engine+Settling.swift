import Core
import Dispatch
import Providers
import Store
import Synchronization
import Transport

/// Asking a provider afterwards what an answer that was stopped or cut has really cost, where it tells by the call's id.
extension Engine {
  /// After the end of a call, in nanoseconds: the provider needs a moment to know.
  static let settlingDelay: Int64 = 1_500_000_000

  /// Looks up all stored calls that are still uncertain. `then` is told how many became certain, once, on some thread.
  public func settleCharges(then: @escaping @Sendable (Int) -> Void) {
    let group = DispatchGroup()
    let count = Atomic(0)
    OwnThread.start {
      let open = self.services.filter { $0.wire.settlementPath != nil }.flatMap { service in
        ((try? self.store.unsettled(provider: service.id)) ?? []).map { (service, $0) }
      }
      for (service, call) in open {
        group.enter()
        self.settle(call.key, id: call.requestID, by: service) { found in
          if found { count.add(1, ordering: .relaxed) }
          group.leave()
        }
      }
      group.notify(queue: self.preparation) { then(count.load(ordering: .relaxed)) }
    }
  }

  /// - Parameter then: whether the charge is known now.
  func settle(_ call: ResponseKey, id: String, by service: Service, then: @escaping @Sendable (Bool) -> Void = { _ in })
  {
    guard let path = service.wire.settlementPath, let dialect = Dialects.named(service.dialect), id.utf8.count <= 256
    else { return then(false) }
    OwnThread.start {
      guard case .key(let key) = self.key(for: service) else { return then(false) }
      self.loop.perform {
        self.fetch(service.baseURL + path + URLPart.encoded(id), dialect.headers(key: key) + service.headers) {
          answer in
          guard case .success(let answer) = answer, (200..<300).contains(answer.status),
            let view = try? answer.body.withUnsafeBytes({ try JSONDocument().parse($0) }),
            let settlement = Settlement(view["data"] ?? view)
          else { return then(false) }
          self.store.append(.settled(call, settlement))
          then(true)
        }
      }
    }
  }

  /// A file of somebody else's, whole; `then` comes once, on the transfer thread.
  public func download(_ address: String, then: @escaping @Sendable (Result<[UInt8], ResponseError>) -> Void) {
    loop.perform {
      self.fetch(address, []) { answer in
        then(
          answer.flatMap { answer in
            (200..<300).contains(answer.status)
              ? .success(answer.body)
              : .failure(ResponseError(.notFound, "answered with status \(answer.status)", status: answer.status))
          })
      }
    }
  }

  struct Answer: Sendable {
    var status = 0
    var headers: [String: String] = [:]
    var body: [UInt8] = []
  }

  private static let longestAnswer = 32 << 20
  /// Nanoseconds for a whole answer, however steadily it comes.
  private static let answerTime: Int64 = 60_000_000_000

  /// A whole answer to a GET, or to a POST of `body`; `then` comes once. On the transfer thread.
  func fetch(
    _ address: String, _ headers: [Service.Header], body: [UInt8]? = nil,
    _ then: @escaping (Result<Answer, ResponseError>) -> Void
  ) {
    var request = TransferRequest(body == nil ? .get : .post, address)
    request.body = body ?? []
    request.headers = headers.map { ($0.name, $0.value) }
    request.connectLimit = limits.connect
    request.silenceLimit = limits.connect
    request.progressLimit = max(limits.connect, Self.answerTime)
    var answer = Answer()
    var id: TransferID?
    id = loop.submit(request) { [loop] event in
      switch event {
      case .sent: break
      case .head(let code, let fields, _): (answer.status, answer.headers) = (code, fields)
      case .bytes(let bytes, _):
        answer.body.append(contentsOf: bytes)
        guard answer.body.count > Self.longestAnswer, let id else { return }
        loop.cancel(id)
        then(
          .failure(ResponseError(.protocolFault, "answered with more than \(Self.longestAnswer >> 20) MB")))
      case .finished(let error?, _):
        then(
          .failure(ResponseError(error.isTimeout ? .timeout : .network, error.message, retryable: error.isTransient)))
      case .finished(nil, _): then(.success(answer))
      }
    }
  }
}

extension Settlement {
  /// OpenRouter's `/generation`: the charge, and the tokens as the model's own tokenizer counts them.
  init?(_ data: JSONView) {
    func dollars(_ view: JSONView?) -> Money? { (view?.numberText ?? view?.string).flatMap(Money.init(decimal:)) }
    guard var charge = dollars(data["total_cost"]), charge >= .zero, charge.isOfCall else { return nil }
    // With the person's own key upstream, the account is charged a fee and the key's owner the rest.
    if data["is_byok"]?.bool == true, let upstream = dollars(data["upstream_inference_cost"]) {
      charge = charge + upstream
      guard upstream >= .zero, charge.isOfCall else { return nil }
    }
    self.init(
      charge: charge, input: data["native_tokens_prompt"]?.tokens ?? data["tokens_prompt"]?.tokens,
      output: data["native_tokens_completion"]?.tokens ?? data["tokens_completion"]?.tokens)
  }
}
