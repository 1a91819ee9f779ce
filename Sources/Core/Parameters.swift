/// Sampling and length parameters of a request. Nil means: the provider's own default.
public struct Parameters: Hashable, Sendable {
  public var temperature: Double?
  public var topP: Double?
  /// Cap on output tokens, reasoning included.
  public var maxTokens: Int?
  /// `none`, `minimal`, `low`, `medium`, `high`, `xhigh`, `max`: passed on as written, since models differ in what they take.
  public var effort: String?
  public var seed: Int?
  public var stop: [String] = []

  public init() {}

  /// These, with what others set in their place.
  public func overlaid(by other: Parameters) -> Parameters {
    var all = self
    all.temperature = other.temperature ?? temperature
    all.topP = other.topP ?? topP
    all.maxTokens = other.maxTokens ?? maxTokens
    all.effort = other.effort ?? effort
    all.seed = other.seed ?? seed
    if !other.stop.isEmpty { all.stop = other.stop }
    return all
  }

  public enum Name: String, CaseIterable, Sendable {
    case temperature, topP = "top_p", maxTokens = "max_tokens", effort, seed, stop
  }

  public static let efforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"]

  /// Sets a parameter from its text. `stop` may be given several times.
  /// - Throws: `InvalidLane` naming the parameter and what it takes.
  public mutating func set(_ name: String, to text: String) throws(InvalidLane) {
    switch Name(rawValue: name) {
    case .temperature: temperature = try Parameters.number(name, text, 0...2)
    case .topP: topP = try Parameters.number(name, text, 0...1)
    case .maxTokens: maxTokens = try Parameters.whole(name, text, 1...Bounds.tokens.upperBound)
    case .seed: seed = try Parameters.whole(name, text, 0...Int.max)
    case .effort:
      guard Parameters.efforts.contains(text) else {
        throw InvalidLane(message: "effort=\(text): write one of \(Parameters.efforts.joined(separator: ", "))")
      }
      effort = text
    case .stop: stop.append(text)
    case nil:
      let known = Name.allCases.map(\.rawValue)
      let hint = nearest(to: name, in: known).map { "; did you mean \($0)?" } ?? ""
      throw InvalidLane(message: "unknown parameter ‘\(name)’\(hint) (known: \(known.joined(separator: ", ")))")
    }
  }

  private static func number(_ name: String, _ text: String, _ range: ClosedRange<Double>) throws(InvalidLane) -> Double
  {
    guard let value = Double(text), range.contains(value) else {
      throw InvalidLane(
        message:
          "\(name)=\(text): write a number from \(decimalText(range.lowerBound)) to \(decimalText(range.upperBound))")
    }
    return value
  }

  private static func whole(_ name: String, _ text: String, _ range: ClosedRange<Int>) throws(InvalidLane) -> Int {
    guard let value = Int(text), value >= range.lowerBound else {
      throw InvalidLane(message: "\(name)=\(text): write a whole number of at least \(range.lowerBound)")
    }
    guard value <= range.upperBound else {
      throw InvalidLane(message: "\(name)=\(text): write a whole number of at most \(range.upperBound)")
    }
    return value
  }

  /// What is set, in a fixed order, with its text and its JSON.
  public var pairs: [(name: String, text: String, json: JSON)] {
    var result: [(name: String, text: String, json: JSON)] = []
    func add(_ name: Name, _ text: String?, _ json: JSON) {
      if let text { result.append((name.rawValue, text, json)) }
    }
    add(.temperature, temperature.map(decimalText), .double(temperature ?? 0))
    add(.topP, topP.map(decimalText), .double(topP ?? 0))
    add(.maxTokens, maxTokens.map(String.init), .int(maxTokens ?? 0))
    add(.effort, effort, .string(effort ?? ""))
    add(.seed, seed.map(String.init), .int(seed ?? 0))
    for word in stop { add(.stop, word, .string(word)) }
    return result
  }

  /// An object of what is set; `stop` is an array.
  public var json: JSON {
    var object: JSON = [:]
    for pair in pairs where pair.name != Name.stop.rawValue { object[pair.name] = pair.json }
    if !stop.isEmpty { object[Name.stop.rawValue] = .array(stop.map { .string($0) }) }
    return object
  }

  /// What `json` wrote; unknown members are passed over.
  public init(json: JSONView) {
    temperature = json["temperature"]?.double
    topP = json["top_p"]?.double
    maxTokens = json["max_tokens"]?.tokens
    effort = json["effort"]?.string
    seed = json["seed"]?.int
    stop = json["stop"]?.elements.compactMap(\.string) ?? []
  }

  /// Takes one parameter away (a model refuses it). Returns whether it was set.
  public mutating func remove(_ name: Name) -> Bool {
    let before = self
    switch name {
    case .temperature: temperature = nil
    case .topP: topP = nil
    case .maxTokens: maxTokens = nil
    case .effort: effort = nil
    case .seed: seed = nil
    case .stop: stop = []
    }
    return self != before
  }
}

/// The word of `words` closest to a mistyped one by edit distance; nil when none is near (more than a third of its length off).
public func nearest(to word: String, in words: [String]) -> String? {
  let scored = words.map { (word: $0, distance: editDistance(Array(word), Array($0))) }
  guard let best = scored.min(by: { $0.distance < $1.distance }) else { return nil }
  return best.distance <= max(1, (max(word.count, best.word.count) + 1) / 3) ? best.word : nil
}

private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  var row = Array(0...b.count)
  for i in a.indices {
    var diagonal = row[0]
    row[0] = i + 1
    for j in b.indices {
      let substitution = diagonal + (a[i] == b[j] ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(substitution, row[j] + 1, row[j + 1] + 1)
    }
  }
  return row[b.count]
}
