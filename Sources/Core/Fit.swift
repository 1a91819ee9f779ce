/// A judge's absolute reading of one answer, against the brief.
public struct Fit: Equatable, Sendable {
  public var answer: ResponseKey
  public var judge: String
  public var judgeReported: String?
  /// 0 to 10; nil when there is none.
  public var value: Int?
  /// The judge's reason, or why there is no fit. Plain text by a model: shown, never read.
  public var reason: String
  /// The answer talks to the judge: whatever it was given is not believed.
  public var isQuarantined = false
  /// Sessions of the calls.
  public var calls: [String] = []
  public var cost = Money.zero
  public var hasUnknownCost = false
  /// From the finished answer to the fit, in nanoseconds.
  public var time: Int64 = 0

  public init(answer: ResponseKey, judge: String, value: Int?, reason: String) {
    self.answer = answer
    self.judge = judge
    self.value = value
    self.reason = reason
  }

  /// Good enough to win.
  public func reaches(_ bar: Double) -> Bool { !isQuarantined && (value.map { Double($0) >= bar } ?? false) }
}
