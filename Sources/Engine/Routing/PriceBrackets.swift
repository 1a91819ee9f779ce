import Core
import Providers

/// A model's price ready for many estimates: rates in pico-dollars for a million tokens, by how much is read. Holds for an hour,
/// since prices have dates and some have times of day.
struct PriceBrackets {
  struct Bracket {
    /// It holds for more input than this.
    var above: Int
    var input: Int64
    var cacheRead: Int64
    var output: Int64
    var reasoning: Int64
    /// For each call, in pico-dollars.
    var request: Int64
  }

  /// By rising input; empty when no price is known.
  private(set) var brackets: [Bracket] = []
  private(set) var isFree = false
  /// Tokens it can read, by the records.
  private(set) var window: Int?
  /// Seconds since 1970.
  let expires: Int64

  init(_ model: String, of service: Service, prices: PriceBook, date: Int64) {
    expires = (date / 3600 + 1) * 3600
    window = prices.contextWindow(list: service.priceList, model: model)
    isFree = service.isLocal || service.isSimulated
    guard !isFree else { return }
    var query = PriceBook.Query(service: service.id, list: service.priceList, models: [model], date: date)
    for start in [-1] + prices.tierStarts(query) {
      query.input = start + 1
      if let bracket = prices.price(query).flatMap({ Bracket($0, above: start) }) { brackets.append(bracket) }
    }
  }

  /// Exact to a pico-dollar; nil when no price is known.
  func cost(input: Int, cached: Int, output: Int, reasoning: Int) -> Money? {
    if isFree { return .zero }
    guard let rates = brackets.last(where: { input > $0.above }) ?? brackets.first else { return nil }
    let sum =
      Int128(input - cached) * Int128(rates.input) + Int128(cached) * Int128(rates.cacheRead)
      + Int128(output - reasoning) * Int128(rates.output) + Int128(reasoning) * Int128(rates.reasoning)
    return Money(picoDollars: Int64(clamping: (sum + 500_000) / 1_000_000)) + Money(picoDollars: rates.request)
  }
}

extension PriceBrackets.Bracket {
  /// Nil when input or output has no price.
  fileprivate init?(_ price: Price, above: Int) {
    func rate(_ kind: TokenClass) -> Int64? { price.rate(kind).flatMap { scaledDecimal($0.dollars, places: 12) } }
    guard let input = rate(.input), let output = rate(.output) else { return nil }
    self.init(
      above: above, input: input, cacheRead: rate(.cacheRead) ?? input, output: output,
      reasoning: rate(.reasoning) ?? output, request: (rate(.requests) ?? 0) / 1000)
  }
}
