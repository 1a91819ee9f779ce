import Core
import TestSupport
import Testing

/// Numbers as hostile as they come, into every type that takes one from outside: nothing stops the program, and nothing leaves its
/// range.
@Suite(.ownThreads) struct BoundsTests {
  static let integers: [Int64] = [
    .min, .min + 1, -1 << 40, -1_000_000_000_001, -1, 0, 1, 59, 86_399, 86_400, 1 << 31, 1 << 40, 253_402_300_799,
    253_402_300_800, 1 << 53, .max / 1_000_000_000, .max - 1, .max,
  ]
  static let doubles: [Double] = [
    -.infinity, -1e300, -9.3e18, -1, -0.0, 0, 5e-324, 0.5, 1, 9.223372036854775e18, 9.3e18, 1e300, .infinity, .nan,
  ]

  @Test func theSmallestExponentIsNoNumber() {
    for text in ["1e-9223372036854775808", "1e9223372036854775807", "1e-100", "1e100", "0e-9223372036854775808"] {
      #expect(Money(decimal: text) == nil, "\(text)")
      #expect(Allowance(text + "/day") == nil)
      #expect(scaledDecimal(text, places: 0) == nil)
    }
    #expect(Money(decimal: "1e-99") == .zero && Money(decimal: "1e99") == nil)
  }

  @Test func arithmeticGoesToTheEdgeAndNoFurther() {
    for a in Self.integers {
      for b in Self.integers {
        let (x, y) = (Money(picoDollars: a), Money(picoDollars: b))
        let exact = (Int128(a) + Int128(b), Int128(a) - Int128(b), Int128(a) * Int128(b))
        #expect((x + y).picoDollars == Int64(clamping: exact.0) && a.addingSaturating(b) == Int64(clamping: exact.0))
        #expect((x - y).picoDollars == Int64(clamping: exact.1))
        #expect(a.multipliedSaturating(by: b) == Int64(clamping: exact.2))
        #expect((x / Int(b)).picoDollars.magnitude <= a.magnitude)
        _ = (x.screenText, (x - y).decimalText, x.isOfCall, x.orZero)
      }
    }
    for value in Self.doubles {
      let (whole, small) = (Int64(saturating: value), UInt8(saturating: value))
      #expect(value.isNaN ? whole == 0 : value > 0 || whole <= 0)
      #expect(value >= 256 ? small == 255 : value < 1 ? small == 0 : true)
      _ = (Money(dollars: value).decimalText, decimalText(value), decimalText(value, places: 2), JSON.double(value))
    }
    #expect(Int(saturating: -1.9) == -1 && Int(saturating: 1e18) == 1_000_000_000_000_000_000)
  }

  @Test func countsOfACallStayInTheirRange() {
    for number in Self.integers {
      var usage = Usage()
      usage.input = Int(number)
      usage.output = Int(number)
      usage.parts[.webSearches] = Int(number)
      usage.note(.cacheWrite1h, Int(number))
      usage.note(.cacheWrite1h, Int(number))
      #expect(Bounds.tokens.contains(usage.input) && Bounds.tokens.contains(usage.output))
      for rate in ["0", "1e-12", "2.5", "9223372", "1e-9223372036854775808", "nan", "-1", "9e99"] {
        let price = Price(
          rates: [.input: .init(rate), .output: .init(rate), .webSearches: .init(rate), .requests: .init(rate)],
          source: "s", record: "r")
        let charge = price.charge(for: usage)
        #expect(price.cost(of: usage).map(\.isOfCall) ?? true)
        #expect(charge.total >= .zero)
        _ = price.amount(input: Int(number), output: Int(number))
      }
    }
    let dear = Price(rates: [.input: "9000000", .output: "9000000"], source: "s", record: "r")
    var usage = Usage()
    usage.input = 1_000_000_000
    #expect(dear.cost(of: usage) == nil, "no call costs nine billion dollars")
  }

  @Test func theCalendarHoldsWhereverTheClockStands() {
    for moment in Self.integers {
      #expect(isoDate(moment).count == 10 && isoTime(moment).count == 20)
      #expect(Bounds.days.contains(GatewayKey.day(moment)))
      for period in Allowance.Period.allCases {
        let days = Allowance(amount: .zero, period: period).days(at: moment)
        #expect(days.contains(GatewayKey.day(moment)) && days.count <= 31)
      }
      for text in ["today", "yesterday", "7d", "9999999d", "0000-01-01", "1969-12-31", "9999-12-31", "2026-02-30", ""] {
        for day in [DayText.start(text, now: moment), DayText.end(text, now: moment)].compactMap(\.self) {
          #expect(Bounds.dates.contains(day), "\(text) at \(moment)")
        }
      }
    }
    #expect(isoTime(.max) == "9999-12-31T23:59:59Z" && isoTime(.min) == "1970-01-01T00:00:00Z")
    #expect(secondsSince1970(isoTime: "9999-12-31T23:59:59-99:99") == nil)
    #expect(secondsSince1970(isoTime: "1970-01-01T00:00:00+14:00") == nil)
    #expect(DayText.start("0000-01-01", now: 0) == nil)
    var timing = Timing()
    for first in Self.integers {
      for end in Self.integers {
        (timing.firstToken, timing.end, timing.chunksInFirstRead) = (first, end, Int(first))
        _ = timing.tokensPerSecond(outputTokens: Int(end))
      }
    }
  }

  @Test func jsonNumbersAreHeldToTheirRange() throws {
    let document = JSONDocument()
    for (text, tokens, count, date) in [
      ("0", 0, 0, 0), ("1e3", 1000, 1000, 1000), ("1000000000", 1_000_000_000, 1_000_000_000, 1_000_000_000),
      ("1000000001", nil, 1_000_000_001, 1_000_000_001), ("1099511627776", nil, 1 << 40, nil), ("-1", nil, nil, nil),
      ("9223372036854775807", nil, nil, nil), ("9223372036854775808", nil, nil, nil), ("1e999", nil, nil, nil),
      ("1.5", nil, nil, nil), ("-1e-999", 0, 0, 0),
    ] as [(String, Int?, Int?, Int64?)] {
      let view = try document.parse(text)
      #expect(view.tokens == tokens && view.count == count && view.date == date, "\(text)")
    }
    #expect(try document.parse("1e999").double == nil && document.parse("-1e999").double == nil)
  }

  /// Random numbers through everything that is computed from a call.
  @Test func randomNumbers() throws {
    var random = SplitMix64(seed: 20_261_128)
    func number() -> String {
      switch Int.random(in: 0..<6, using: &random) {
      case 0: return String(Self.integers.randomElement(using: &random) ?? 0)
      case 1: return String(Self.doubles.filter(\.isFinite).randomElement(using: &random) ?? 0)
      case 2: return "\(Int.random(in: -9...9, using: &random))e\(Self.integers.randomElement(using: &random) ?? 0)"
      case 3: return "0.\(String(repeating: "9", count: Int.random(in: 1...250, using: &random)))"
      case 4: return String(repeating: "9", count: Int.random(in: 1...250, using: &random))
      default: return "\(UInt64.random(in: .min ... .max, using: &random))"
      }
    }
    let cases = 20_000
    let document = JSONDocument()
    for _ in 0..<cases {
      let texts = (0..<8).map { _ in number() }
      var usage = Usage()
      if let view = try? document.parse("{\"a\":\(texts[0]),\"b\":\(texts[1]),\"c\":\(texts[2])}") {
        usage.input = usage.take("a", of: view) ?? 0
        usage.output = usage.take("b", of: view) ?? 0
        usage.reportedCost = usage.takeDollars("c", of: view)
        #expect(usage.reportedCost?.isOfCall ?? true)
        _ = Parameters(json: view)
      }
      let price = Price(
        rates: [.input: .init(texts[3], tier: Int(texts[4])), .output: .init(texts[5])], source: "", record: "")
      var cost = Cost()
      (cost.computed, cost.reported) = (price.cost(of: usage), Money(decimal: texts[6]))
      _ = (cost.amount?.screenText, cost.difference?.decimalText, price.charge(for: usage).lines)
      var parameters = Parameters()
      for name in Parameters.Name.allCases { try? parameters.set(name.rawValue, to: texts[7]) }
      _ = parameters.json.serialized()
    }
    print("fuzz: \(cases) sets of hostile numbers")
  }
}
