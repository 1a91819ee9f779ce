import Core

/// Two answers of one turn as the ranking sees them, however they came to be compared.
public struct Contest: Equatable, Sendable {
  /// One answer: whose, and how long.
  public struct Side: Equatable, Sendable {
    public var key: ResponseKey
    /// The lane as written; with what its provider reported, where that has changed under the same name.
    public var model: String
    public var modelReported: String?
    /// Code points.
    public var length: Int

    public init(key: ResponseKey, model: String, modelReported: String?, length: Int) {
      self.key = key
      self.model = model
      self.modelReported = modelReported
      self.length = length
    }
  }

  public var promptSHA256: String
  public var tags: [String]
  public var a: Side
  public var b: Side

  public init(promptSHA256: String, tags: [String], a: Side, b: Side) {
    self.promptSHA256 = promptSHA256
    self.tags = tags
    self.a = a
    self.b = b
  }
}
