import Core
import Foundation
import Store

/// A database as years of use would leave it: the same for the same seed. Words follow Zipf's law (the n-th most frequent
/// one comes 1/n as often), as they do in any language; models, tags and mishaps are as uneven.
struct HistorySample {
  /// In three sessions only.
  static let rareModel = ModelID(provider: "rare", model: "seldom-1")
  static let rareWord = "quokka"

  private var random = SplitMix64(seed: 20_261_125)
  private let words: [String]
  /// Of scripts without blanks: Chinese, Japanese, Korean, Thai.
  private let scripts: [[String]]
  private let models: [ModelID]

  init() {
    let common =
      "the of and to in a is that for it as was with be by on not he his but at are this have from or had an they"
    var random = SplitMix64(seed: 7)
    let syllables = [
      "ba", "co", "di", "fu", "ge", "hi", "ja", "ko", "lu", "me", "no", "pi", "qua", "ri", "sto", "tra", "ul", "ve",
    ]
    let rest = (0..<40_000).map { _ in
      (0..<(2 + random.index(below: 3))).map { _ in syllables[random.index(below: syllables.count)] }.joined()
    }
    words = common.split(separator: " ").map(String.init) + rest
    let signs = [0x4E00..<0x5E00, 0x3041..<0x30F0, 0xAC00..<0xB400, 0x0E01..<0x0E2E]
    scripts = signs.map { range in
      (0..<20_000).map { _ in
        let signs = (0..<(2 + random.index(below: 2))).map { _ in
          Unicode.Scalar(UInt32(range.lowerBound + random.index(below: range.count))) ?? " "
        }
        return String(String.UnicodeScalarView(signs))
      }
    }
    models = (0..<24).map { ModelID(provider: "maker\($0 % 6)", model: "model-\($0)") }
  }

  /// Writes sessions numbered `range` and waits for the disk.
  mutating func write(_ range: Range<Int>, to store: Store) {
    for number in range { write(number, store) }
    let written = DispatchSemaphore(value: 0)
    store.commit { _ in written.signal() }
    written.wait()
  }

  static func id(_ number: Int) -> String {
    // Spread over all prefixes, as chance would.
    var random = SplitMix64(seed: UInt64(number))
    let text = String(random.next() >> 16, radix: 16)
    return String(repeating: "0", count: 12 - text.count) + text
  }

  private mutating func write(_ number: Int, _ store: Store) {
    let id = Self.id(number)
    var lanes = [models[zipf(models.count)], models[zipf(models.count)]]
    if number % 40_000 == 17 { lanes[1] = Self.rareModel }
    // One session in four is of such a script, as far as there is any.
    script = number % 4 == 3 ? scripts[number / 4 % scripts.count] : nil
    var prompt = text(12)
    if number % 30_000 == 23 { prompt += " \(Self.rareWord)" }
    store.append(
      .session(
        Session(
          id: id, created: 1_700_000_000 + Int64(number) * 900, title: String(prompt.prefix(80)), rule: .all,
          lanes: lanes.map { Lane(model: $0) }, turns: [])))
    for turn in 1...(number % 2 + 1) {
      var asked = Turn(number: turn, prompt: turn == 1 ? prompt : text(12), rule: .all)
      if number % 10 == 0 { asked.tags = [["work", "code", "letters", "sums", "trial"][zipf(5)]] }
      store.append(.turn(session: id, asked))
      for (lane, model) in lanes.enumerated() {
        write(lane, model, ResponseKey(session: id, turn: turn, lane: lane, generation: 1), store)
      }
      store.append(.winner(session: id, turn: turn, lane: random.index(below: 2)))
    }
  }

  private mutating func write(_ lane: Int, _ model: ModelID, _ key: ResponseKey, _ store: Store) {
    var response = Response(lane: lane, model: model, parameters: Parameters())
    store.append(.began(key, response, request: nil))
    response.text = text(55)
    if key.lane == 0, random.index(below: 8) == 0 { response.reasoning = text(40) }
    response.state = random.index(below: 50) == 0 ? .failed : .done
    (response.usage.input, response.usage.output) = (30, 80)
    response.cost.status = .exact
    response.cost.computed = Money(picoDollars: Int64(random.index(below: 5_000_000_000)))
    store.append(.ended(key, response))
  }

  /// The most frequent words of each script, for the searches.
  var common: [String] { scripts.map { $0[0] } }

  private var script: [String]?

  private mutating func text(_ count: Int) -> String {
    if let script { return (0..<count).map { _ in script[zipf(script.count)] }.joined() }
    return (0..<count).map { _ in words[zipf(words.count)] }.joined(separator: " ")
  }

  /// From 0; the inverse of the harmonic sum, nearly.
  private mutating func zipf(_ count: Int) -> Int {
    min(count - 1, Int(pow(Double(count + 1), random.uniform())) - 1)
  }
}
