import Core
import Providers
import TestSupport

/// The row of the catalogue that reads a fixture, by the fixture's name.
func serviceOf(fixture: String) -> Service {
  let id =
    if fixture.hasSuffix(".messages.sse") { "anthropic" } else if fixture.hasSuffix(".responses.sse") {
      "openai-responses"
    } else if fixture.hasPrefix("llama-server.") || fixture.hasPrefix("parser.") { "llamacpp" } else {
      String(fixture.prefix { $0 != "." })
    }
  return service(id)
}

func service(_ id: String) -> Service { Catalog.services.first { $0.id == id }! }

func reader(_ service: Service) -> StreamReader {
  StreamReader(dialect: Dialects.named(service.dialect)!, service: service)
}

/// Deltas of a body that is fed in these pieces and then ends.
func deltas(_ pieces: [[UInt8]], by service: Service) -> [Delta] {
  var reader = reader(service)
  var deltas: [Delta] = []
  for piece in pieces { piece.withUnsafeBytes { reader.feed($0, into: &deltas) } }
  reader.finish(into: &deltas)
  return deltas
}

func deltas(_ text: String, by id: String = "openai") -> [Delta] { deltas([Array(text.utf8)], by: service(id)) }

/// Deltas of a fixture, without the raw objects that are kept beside the counts.
func plainDeltas(_ fixture: String) -> [Delta] {
  deltas([Fixture.bytes(fixture)], by: serviceOf(fixture: fixture)).map(\.plain)
}

func usage(
  _ input: Int, read: Int = 0, write: Int = 0, write1h: Int? = nil, _ output: Int, reasoning: Int = 0,
  cost: String? = nil, isCharge: Bool = true, isFinal: Bool = true
) -> Delta {
  var usage = Usage()
  (usage.input, usage.cacheRead, usage.cacheWrite) = (input, read, write)
  (usage.output, usage.reasoning) = (output, reasoning)
  usage.note(.cacheWrite1h, write1h)
  usage.reportedCost = cost.map { Money(decimal: $0)! }
  usage.reportedCostIsCharge = isCharge
  usage.isOutputFinal = isFinal
  return .usage(usage)
}

extension Delta {
  var plain: Delta {
    guard case .usage(var usage) = self else { return self }
    usage.raw = nil
    usage.rawTimings = nil
    return .usage(usage)
  }

  var usage: Usage? { if case .usage(let usage) = self { usage } else { nil } }
  var failure: ResponseError? { if case .failure(let error) = self { error } else { nil } }
  var answer: String? { if case .text(.answer, let text) = self { text } else { nil } }
}
