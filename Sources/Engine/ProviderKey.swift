import Core
import Providers

/// Where a service's key comes from; never the key itself.
public enum KeyOrigin: Equatable, Sendable {
  /// An environment variable of this name.
  case variable(String)
  /// The config's `key_file`.
  case file
  /// The config's `key_command`.
  case command

  public var words: String {
    switch self {
    case .variable(let name): name
    case .file: "key_file"
    case .command: "key_command"
    }
  }
}

/// Whether the key of a service is there. Services that are one place and take one key are told together.
public struct ProviderKey: Equatable, Sendable {
  /// Ids of the services, in the catalogue's order.
  public var services: [String]
  /// Nil: there is none.
  public var origin: KeyOrigin?
  /// The environment variable that may hold it; nil where the config names none.
  public var variable: String?

  public init(services: [String], origin: KeyOrigin? = nil, variable: String? = nil) {
    (self.services, self.origin, self.variable) = (services, origin, variable)
  }

  /// Why a text can be no key, as a sentence without its full stop; nil when it may be one.
  public static func fault(in key: String) -> String? {
    if key.isEmpty { return "there is nothing in it" }
    if key.utf8.count > 8192 { return "it is too long for a key" }
    // Anything else would break the header that it goes into.
    if key.unicodeScalars.contains(where: { $0.value < 0x21 || $0.value > 0x7E }) {
      return "it has spaces or control characters inside"
    }
    return nil
  }
}

extension Engine {
  /// Services that need a key or have one, those of the catalogue first. Runs nothing and asks nobody.
  public func providerKeys() -> [ProviderKey] {
    var keys: [(place: String, key: ProviderKey)] = []
    for service in services where !service.isSimulated {
      let origin = keyOrigin(service)
      guard service.needsKey || origin != nil else { continue }
      let variables = service.keyVariables.isEmpty ? service.id : service.keyVariables.joined(separator: " ")
      let place = "\(service.baseURL) \(variables)"
      if let index = keys.firstIndex(where: { $0.place == place && $0.key.origin == origin }) {
        keys[index].key.services.append(service.id)
      } else {
        let key = ProviderKey(services: [service.id], origin: origin, variable: service.keyVariables.first)
        keys.append((place, key))
      }
    }
    return keys.map(\.key)
  }

  /// A key may have been put in the place of the one that was found, or of none.
  public func forgetKeys(of services: [String]) {
    keys.withLock { keys in for id in services { keys[id] = nil } }
  }

  /// What the first of these services with a model of its own would be asked, twice: two answers can be compared.
  public func firstLanes(of services: [String]) -> [Lane] {
    for service in services.compactMap({ self.service($0) }) {
      guard let model = service.defaultModel else { continue }
      let lane = Lane(model: ModelID(provider: service.id, model: model))
      return [lane, lane]
    }
    return []
  }
}
