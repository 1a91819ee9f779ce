/// A model as people write it: `provider/model`. The model part may itself hold slashes (`openrouter/openai/gpt-5.6`).
public struct ModelID: Hashable, Sendable {
  public var provider: String
  public var model: String

  public init(provider: String, model: String) {
    self.provider = provider
    self.model = model
  }

  /// Nil unless both parts are there.
  public init?(_ text: String) {
    guard let slash = text.firstIndex(of: "/") else { return nil }
    provider = String(text[..<slash])
    model = String(text[text.index(after: slash)...])
    if provider.isEmpty || model.isEmpty { return nil }
  }

  public var text: String { "\(provider)/\(model)" }

  private static let longestName = 1024

  /// Why no service can have a model of this name, as the end of a sentence; nil when one could. Names are passed on in URLs,
  /// headers, labels and logs: what could climb out of a path or hide in a line is no part of one. A server that names its
  /// model after a file may begin with a slash.
  public static func fault(inModel name: String) -> String? {
    if name.utf8.count > longestName { return "is longer than \(longestName) bytes" }
    if name.unicodeScalars.contains(where: VisibleText.isHidden) { return "holds a control or invisible character" }
    if name.contains("\\") { return "holds a backslash" }
    if name.first == " " || name.last == " " { return "begins or ends with a blank" }
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    if parts.contains(where: { $0 == "." || $0 == ".." }) { return "has . or .. between its slashes" }
    let isSound = !parts.dropFirst(name.first == "/" ? 1 : 0).contains(where: \.isEmpty)
    return isSound ? nil : "has nothing between two slashes"
  }
}

/// One model with its parameters, as in `openai/gpt-5.6,effort=high,temperature=0.2`.
public struct Lane: Hashable, Sendable {
  public var model: ModelID
  public var parameters: Parameters
  /// Its own system prompt; nil for the turn's.
  public var system: String?
  /// What tells it from other lanes of its model that are asked otherwise: names of a template and a system prompt.
  public var variant: String?
  /// It answers one turn from what the other lanes have said, and is asked nothing else.
  public var isFusion = false
  /// Not asked and not shown any more. Its number and its answers stay, since answers are kept by lane number.
  public var isDropped = false

  public init(model: ModelID, parameters: Parameters = Parameters()) {
    self.model = model
    self.parameters = parameters
  }

  /// - Throws: `InvalidLane` with a sentence that says what to write instead.
  public init(parsing text: String) throws(InvalidLane) {
    let pieces = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard let model = ModelID(pieces[0]) else {
      throw InvalidLane(
        message: "‘\(VisibleText.line(pieces[0]))’ is not a model: write provider/model, such as openai/gpt-5.6")
    }
    if let fault = ModelID.fault(inModel: model.model) {
      throw InvalidLane(message: "‘\(VisibleText.line(pieces[0]))’ is not a model: its name \(fault)")
    }
    self.model = model
    parameters = Parameters()
    for piece in pieces.dropFirst() {
      guard let equals = piece.firstIndex(of: "=") else {
        throw InvalidLane(message: "‘\(VisibleText.line(piece))’ in ‘\(VisibleText.line(text))’ is not name=value")
      }
      try parameters.set(String(piece[..<equals]), to: String(piece[piece.index(after: equals)...]))
    }
  }

  /// How it is called where people read it: its text, and its variant behind it.
  public var title: String { variant.map { "\(text) · \($0)" } ?? text }

  /// The text that parses to this lane again.
  public var text: String {
    if parameters == Parameters() { return model.text }
    return ([model.text] + parameters.pairs.map { "\($0.name)=\($0.text)" }).joined(separator: ",")
  }
}

public struct InvalidLane: Error, Equatable, Sendable {
  public let message: String
}
