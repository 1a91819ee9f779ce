import Core

/// Simulated models for demonstrations and tests: no network, the same answer every time, plainly labelled as simulated.
/// The engine plays the steps on its own clock.
public struct ScriptedDialect: Dialect {
  public static let name = "scripted"

  /// A delta and how long after the step before it comes, in nanoseconds.
  public struct Step: Equatable, Sendable {
    public var delay: Int64
    public var delta: Delta
  }

  /// A simulated model: its temper in numbers.
  private struct Model {
    var id: String
    var firstToken: Int64
    var perWord: Int64
    var thinks: Bool
    var opening: String
  }

  private static let models = [
    Model(id: "hare", firstToken: 180, perWord: 22, thinks: false, opening: "In short:"),
    Model(id: "tortoise", firstToken: 420, perWord: 55, thinks: false, opening: "Step by step, then."),
    Model(id: "owl", firstToken: 300, perWord: 34, thinks: true, opening: "Having thought about it:"),
    // Judges, where it is asked to.
    Model(id: "magpie", firstToken: 250, perWord: 40, thinks: false, opening: "To judge by its form:"),
  ]

  public init() {}

  public static let modelNames = models.map(\.id)

  /// Nil for a model that is not one of `modelNames`.
  public static func steps(for ask: Ask) -> [Step]? {
    guard let model = models.first(where: { $0.id == ask.model }) else { return nil }
    let millisecond: Int64 = 1_000_000
    let prompt = ask.messages.last?.text ?? ""
    var steps = [Step(delay: 0, delta: .model("\(model.id) (simulated)"))]
    var usage = Usage.estimated(inputBytes: prompt.utf8.count, outputBytes: 0, reasoningBytes: 0)
    func say(_ channel: Channel, _ text: String) {
      for (index, word) in text.split(separator: " ", omittingEmptySubsequences: false).enumerated() {
        let isFirst = steps.count == 1
        steps.append(
          Step(
            delay: (isFirst ? model.firstToken : model.perWord) * millisecond,
            delta: .text(channel, (index == 0 ? "" : " ") + word)))
        usage.output += 1
        if channel == .reasoning { usage.reasoning += 1 }
      }
    }
    if model.id == "magpie", let verdict = ScriptedJudge.reply(to: prompt) {
      say(.answer, verdict)
      return steps + [
        Step(delay: millisecond, delta: .usage(usage)), Step(delay: 0, delta: .finish(.stop)),
        Step(delay: 0, delta: .terminator),
      ]
    }
    if model.thinks {
      say(.reasoning, "The prompt has \(prompt.count) characters. What would help most? An honest, short reply.")
    }
    let quoted = prompt.count > 60 ? prompt.prefix(60) + "…" : prompt[...]
    say(
      .answer,
      """
      \(model.opening) this is a **simulated** answer to “\(quoted)”. No model was asked and nothing was spent.

      - *Lanes* race side by side; the state word under each says what it is doing.
      - *Times* are real: they are measured on this very stream.
      - *Cost* would stand beside them: `demo` models are free.

      Add a key or a local server to race real ones.
      """)
    steps.append(Step(delay: millisecond, delta: .usage(usage)))
    steps.append(Step(delay: 0, delta: .finish(.stop)))
    steps.append(Step(delay: 0, delta: .terminator))
    return steps
  }

  public func request(_ ask: Ask, to service: Service) -> DialectRequest { DialectRequest(path: "", body: [:]) }

  public func makeDecoder(for service: Service) -> any EventDecoder { Decoder() }

  private struct Decoder: EventDecoder {
    mutating func decode(_ event: JSONView, into deltas: inout [Delta]) {}
    mutating func decodeWhole(_ body: JSONView, into deltas: inout [Delta]) {}
  }
}
