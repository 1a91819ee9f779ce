import Core
import Providers
import Transport

extension Engine {
  public typealias ModelList = Result<[ListedModel], ResponseError>

  /// Asks a service for its models, at each of its addresses; those that answer count. `then` comes once, on some thread.
  public func listModels(_ service: Service, then: @escaping @Sendable (ModelList) -> Void) {
    guard let dialect = Dialects.named(service.dialect) else { return then(.success([])) }
    if service.isSimulated { return then(.success(ScriptedDialect.modelNames.map { ListedModel(id: $0) })) }
    OwnThread.start {
      let key: String?
      switch self.key(for: service) {
      case .missing(let message): return then(.failure(ResponseError(.auth, message)))
      case .key(let found): key = found
      case .notNeeded: key = nil
      }
      self.loop.perform {
        let addresses = Set([service.baseURL] + service.modelURLs.values).sorted()
        var answers: [ModelList] = []
        for address in addresses {
          self.fetchModels(service, at: address, dialect, key) { answer in
            answers.append(answer)
            if answers.count == addresses.count { then(Engine.joined(answers)) }
          }
        }
      }
    }
  }

  private static func joined(_ answers: [ModelList]) -> ModelList {
    let found = answers.compactMap { try? $0.get() }
    return found.isEmpty ? answers.first ?? .success([]) : .success(found.flatMap(\.self))
  }

  /// On the transfer thread, as is `then`.
  private func fetchModels(
    _ service: Service, at address: String, _ dialect: any Dialect, _ key: String?,
    _ then: @escaping (ModelList) -> Void
  ) {
    let path =
      address.hasSuffix("/v1") && dialect.modelsPath.hasPrefix("/v1/")
      ? String(dialect.modelsPath.dropFirst(3)) : dialect.modelsPath
    fetch(address + path, dialect.headers(key: key) + service.headers) { answer in
      then(answer.flatMap { self.readModels(service, dialect, $0.status, $0.headers, $0.body) })
    }
  }

  private func readModels(
    _ service: Service, _ dialect: any Dialect, _ status: Int, _ headers: [String: String], _ body: [UInt8]
  ) -> ModelList {
    guard (200..<300).contains(status) else {
      var error = ErrorBody.read(status: status, headers: headers, body: body, now: clock.date())
      error.message = redacted(error.message)
      error.message = Advice.sentence(error, service: service, model: nil)
      return .failure(error)
    }
    guard let parsed = try? body.withUnsafeBytes({ try JSONDocument().parse($0) }) else {
      return .failure(ResponseError(.protocolFault, "its list of models is not JSON", status: status))
    }
    // What cannot be asked for is not offered.
    return .success(dialect.readModels(parsed).filter { service.fault(inModel: $0.id) == nil })
  }
}
