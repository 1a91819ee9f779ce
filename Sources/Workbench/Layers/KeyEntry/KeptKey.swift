/// What became of a key that was to be kept. It holds no key.
public struct KeptKey: Equatable, Sendable {
  public enum Outcome: Equatable, Sendable {
    /// In a file that the config names.
    case kept(file: String)
    /// In a file, but the config has to be changed by hand: these lines. It holds for this run all the same.
    case unnamed(file: String, config: String, lines: [String])
    /// A sentence.
    case failed(String)
  }

  /// Ids of the services that it is for.
  public var services: [String]
  public var outcome: Outcome

  public init(services: [String], outcome: Outcome) { (self.services, self.outcome) = (services, outcome) }
}
