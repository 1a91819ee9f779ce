import Core
import Providers

extension Engine {
  /// Output tokens of a request without a cap that are held for it at first: more is asked for while it runs.
  static let usualOutput = 4096
  /// What a model nobody has asked yet will probably write.
  static let unknownOutput = 500

  /// What one request may cost, by everything in it that multiplies: caps, numbers of answers, tiers, prompts that are kept for
  /// later at a dearer rate. Zero for models that cost nothing.
  /// - Parameter inputBytes: of a relayed request, as it came.
  public func exposure(
    of lane: Lane, inputBytes: Int, body: JSON? = nil
  ) -> Exposure {
    var exposure = Exposure(model: lane.model)
    guard let service = service(lane.model.provider), !service.isLocal, !service.isSimulated else { return exposure }
    let fields = RequestFields(body)
    let input = (inputBytes + 3) / 4
    let model = lane.model.model
    var query = PriceBook.Query(
      service: service.id, list: service.priceList, models: [model], date: clock.date(), input: input)
    query.variant = fields.variant
    exposure.fault = fields.fault
    guard let price = prices.price(query), fields.variant.allSatisfy({ price.goes(by: $0.key, $0.value) }) else {
      exposure.isUnpriced = true
      return exposure
    }
    let caps =
      [fields.cap, lane.parameters.maxTokens].compactMap(\.self)
      + (body == nil ? [service.defaultMaxTokens].compactMap(\.self) : [])
    let most = caps.max() ?? prices.mostOutput(list: service.priceList, model: model, input: input)
    exposure.isUncapped = caps.isEmpty
    let usual = exposure.isUncapped ? min(most, Self.usualOutput) : most
    func cost(_ output: Int) -> Money {
      var usage = Usage()
      usage.input = input
      if fields.keepsLonger { usage.note(.cacheWrite1h, input) }
      if fields.keepsPrompt { usage.cacheWrite = input }
      usage.output = output.multipliedSaturating(by: fields.answers).clamped(to: Bounds.tokens)
      if fields.speaks { usage.note(.outputAudio, usage.output) }
      // Writing to a cache may be the cheaper half of it.
      var plain = usage
      (plain.cacheWrite, plain.parts[.cacheWrite1h]) = (0, nil)
      return max(price.charge(for: usage).total, price.charge(for: plain).total)
    }
    (exposure.least, exposure.usual, exposure.most) = (cost(0), cost(usual), cost(most))
    exposure.probable = cost(min(most, measures.usualOutput(of: lane.model) ?? Self.unknownOutput))
    return exposure
  }

  /// Output tokens that a model's answers have had in the middle; nil where none is known.
  public func usualAnswer(of model: ModelID) -> Int? { measures.usualOutput(of: model) }

  public func exposure(of entry: RaceRequest.Entry, system: String?, relay: Relay? = nil) -> Exposure {
    exposure(
      of: entry.lane, inputBytes: relay?.inputBytes ?? entry.inputBytes(system: system), body: entry.relayed?.body)
  }
}

extension PriceBook {
  /// Output tokens that are reckoned with at the most where there is no cap: what the largest models write.
  static let assumedOutput = 128_000

  /// What a model without a cap may write: what its window leaves, as far as any record says.
  func mostOutput(list: String?, model: String, input: Int) -> Int {
    min(contextWindow(list: list, model: model).map { max(0, $0 - input) } ?? Self.assumedOutput, Self.assumedOutput)
  }
}

extension RaceRequest.Entry {
  /// UTF-8 bytes of the words that are sent.
  func inputBytes(system: String?) -> Int {
    messages.reduce((lane.system ?? system)?.utf8.count ?? 0) { $0 + $1.textWithFiles.utf8.count }
  }
}

/// The fields of a client's own body that tell what it may cost.
struct RequestFields {
  /// The highest of its caps on output; nil without one.
  var cap: Int?
  /// How many answers are written, and billed, for one prompt.
  var answers = 1
  /// Tiers and speeds that are not everybody's, by the price records' own names.
  var variant: [String: String] = [:]
  /// The prompt is to be kept for later calls, at a rate of its own; for an hour or longer.
  var keepsPrompt = false
  var keepsLonger = false
  /// The answer may come as sound.
  var speaks = false
  /// A field whose cost nobody can reckon.
  var fault: String?

  private static let caps = ["max_tokens", "max_completion_tokens", "max_output_tokens"]
  private static let multipliers = ["n", "best_of", "num_return_sequences"]
  private static let names = Set(
    caps + multipliers + [
      "service_tier", "speed", "modalities", "web_search_options", "plugins", "models", "fallbacks",
      "previous_response_id", "conversation", "tools",
    ])
  /// Tiers that cost no more than the standard price.
  private static let cheapTiers = ["", "auto", "default", "standard", "standard_only", "flex", "batch", "on_demand"]

  init(_ body: JSON?) {
    guard case .object(let members) = body else { return }
    for member in members {
      guard case .source(let text) = member.value else { continue }
      if Self.names.contains(member.name), let view = try? JSONDocument().parse(text) { read(member.name, view, text) }
      if text.contains("cache_control") {
        keepsPrompt = true
        keepsLonger = keepsLonger || text.contains("\"1h\"")
      }
    }
  }

  /// How many answers a body asks for at once.
  static func answers(in body: JSON?) -> Int {
    guard case .object(let members) = body else { return 1 }
    return RequestFields(.object(members.filter { multipliers.contains($0.name) })).answers
  }

  private mutating func read(_ name: String, _ view: JSONView, _ text: String) {
    switch name {
    case let name where Self.caps.contains(name):
      // Nought is no cap: some servers take it for none.
      if let tokens = view.tokens, tokens > 0 { cap = max(cap ?? 0, tokens) }
    case let name where Self.multipliers.contains(name):
      answers = max(answers, view.tokens ?? 1)
    case "service_tier":
      if let tier = view.string, !Self.cheapTiers.contains(tier) { variant[name] = String(tier.prefix(64)) }
    case "speed":
      if let speed = view.string, speed != "standard" { variant[name] = String(speed.prefix(64)) }
    case "modalities": speaks = text.contains("audio")
    case "web_search_options", "plugins": fault = "‘\(name)’ costs fees that nobody can reckon"
    case "models", "fallbacks": fault = "‘\(name)’ lets another model answer, at its own price"
    case "previous_response_id", "conversation":
      if view.string != nil || view.isObject { fault = "‘\(name)’ reads a conversation that nobody here has seen" }
    case "tools":
      for tool in view.elements {
        // Tools that run at the provider have types of their own; a client's own are functions.
        let kind = tool["type"]?.string ?? "function"
        guard !["function", "custom"].contains(kind), tool["input_schema"] == nil else { continue }
        fault = "the tool ‘\(VisibleText.line(String(kind.prefix(64))))’ costs fees that nobody can reckon"
      }
    default: break
    }
  }
}
