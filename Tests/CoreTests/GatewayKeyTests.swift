import Core
import TestSupport
import Testing

@Suite(.ownThreads) struct GatewayKeyTests {
  /// The same bytes for ever, so that the letters can be compared.
  private struct Bytes: RandomNumberGenerator {
    let byte: UInt8
    mutating func next() -> UInt64 { UInt64(byte) * 0x0101_0101_0101_0101 }
  }

  @Test func aKeyIsThirtyTwoBytesInBase64URL() {
    var zeros = Bytes(byte: 0)
    #expect(GatewayKey.newToken(using: &zeros) == "fl-" + String(repeating: "A", count: 43), "zeros are all A")
    var ones = Bytes(byte: 255)
    #expect(
      GatewayKey.newToken(using: &ones) == "fl-" + String(repeating: "_", count: 42) + "8",
      "256 bits of one: 42 whole letters and four bits, padded with two zeros")
  }

  @Test func keysDoNotRepeat() {
    var random = SystemRandomNumberGenerator()
    let keys = Set((0..<1000).map { _ in GatewayKey.newToken(using: &random) })
    #expect(keys.count == 1000, "a thousand keys are a thousand different ones")
    #expect(keys.allSatisfy { $0.utf8.count == 46 }, "each is 46 letters long")
  }

  @Test(arguments: [("5/day", "$5.00 a day"), ("100/month", "$100.00 a month"), ("0.25/day", "$0.250 a day")])
  func budgetsAreRead(text: String, words: String) throws {
    #expect(Allowance(text)?.text == words, "‘\(text)’ means \(words)")
  }

  @Test(arguments: ["5", "5/year", "/day", "-1/day", "0/day", "5/day/month", "five/day", "5/DAY", ""])
  func whatIsNoBudgetIsRefused(text: String) { #expect(Allowance(text) == nil, "‘\(text)’ is no budget") }

  @Test func periodsAreCountedInUTC() {
    let day = Allowance(amount: .zero, period: .day)
    let month = Allowance(amount: .zero, period: .month)
    let lastSecond = secondsSince1970(isoTime: "2028-02-29T23:59:59Z") ?? 0
    let leapDay = GatewayKey.day(lastSecond)
    #expect(day.days(at: lastSecond) == leapDay..<(leapDay + 1), "a day is itself")
    #expect(month.days(at: lastSecond) == (leapDay - 28)..<(leapDay + 1), "February of a leap year has 29 days")
    #expect(month.days(at: lastSecond + 1) == (leapDay + 1)..<(leapDay + 32), "a second later it is March, of 31 days")
  }

  @Test func aKeyIsTakenOutOfTexts() {
    var random = SystemRandomNumberGenerator()
    let key = GatewayKey.newToken(using: &random)
    // A key has a digit in it; that all of 43 letters have none happens once in some two thousand.
    guard key.contains(where: \.isNumber) else { return }
    let redaction = Redaction(secrets: [], findsShapes: true)
    #expect(redaction.text("with \(key) in it") == "with [key] in it", "the gateway's keys are secrets too")
  }
}
