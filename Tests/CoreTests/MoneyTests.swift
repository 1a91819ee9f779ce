import Core
import TestSupport
import Testing

@Suite(.ownThreads) struct MoneyTests {
  @Test(arguments: [
    ("0", 0), ("2", 2_000_000_000_000), ("0.00014", 140_000_000), ("1.5e-7", 150_000), ("1E2", 100_000_000_000_000),
    ("-0.5", -500_000_000_000), ("+1", 1_000_000_000_000), (".5", 500_000_000_000), ("5.", 5_000_000_000_000),
    ("0.0000000000005", 1), ("0.0000000000004", 0), ("0.00000000000149999", 1), ("1e-13", 0), ("5e-13", 1),
    ("1e-99", 0),
    ("0.000146625", 146_625_000), ("9223372.036854775807", Int64.max),
  ])
  func readsDecimalsExactly(_ text: String, _ pico: Int64) {
    #expect(Money(decimal: text)?.picoDollars == pico, "\(text) dollars are \(pico) pico-dollars")
  }

  @Test(arguments: [
    "", ".", "-", "1e", "1e1000", "e5", "1.2.3", "1,5", "0x10", "nan", "inf", " 1", "1 ", "9223373", "1e99", "１",
  ])
  func refusesEverythingElse(_ text: String) { #expect(Money(decimal: text) == nil) }

  @Test func scalesToAnyNumberOfPlaces() {
    #expect(scaledDecimal("0.075", places: 12) == 75_000_000_000)
    #expect(scaledDecimal("1466250e-10", places: 12) == 146_625_000)
    #expect(scaledDecimal("2.5", places: 0) == 3, "rounded half up")
    #expect(scaledDecimal("-2.5", places: 0) == -3, "rounded half away from zero")
    #expect(scaledDecimal("123.456", places: 2) == 12346)
  }

  @Test(arguments: [
    (0, "0"), (1, "0.000000000001"), (2_100_000_000, "0.0021"), (12_500_000_000_000, "12.5"),
    (-2_100_000_000, "-0.0021"), (Int64.max, "9223372.036854775807"), (Int64.min, "-9223372.036854775808"),
  ])
  func writesTheExactDecimal(_ pico: Int64, _ text: String) {
    #expect(Money(picoDollars: pico).decimalText == text)
  }

  @Test(arguments: [
    ("0", "$0"), ("0.0021", "$0.0021"), ("1.23", "$1.23"), ("1.235", "$1.24"), ("12.5", "$12.50"), ("0.0104", "$0.010"),
    ("0.25", "$0.250"), ("0.00001", "<$0.0001"), ("1000", "$1000.00"), ("-0.5", "-$0.500"), ("-0.00001", ">-$0.0001"),
    ("9223372.036854775807", "$9223372.04"),
  ])
  func writesForTheScreen(_ decimal: String, _ text: String) {
    #expect(Money(decimal: decimal)?.screenText == text)
  }

  @Test func sumsSaturate() {
    let most = Money(picoDollars: .max)
    #expect(most + Money(picoDollars: 1) == most)
    #expect(Money(picoDollars: .min) + Money(picoDollars: -1) == Money(picoDollars: .min))
    #expect(Money(decimal: "0.1")! + Money(decimal: "0.2")! == Money(decimal: "0.3")!, "no binary floats")
  }
}
