import Core
import Engine
import Judging

/// What a judge card says, line by line, the same on the screen and headless.
public struct CardLines: Sendable {
  public struct Row: Equatable, Sendable {
    public var name: String
    public var value: String
    /// Of a share, where it has one: from 0 to 1.
    var interval: IntervalEstimate?
  }

  public private(set) var rows: [Row] = []

  public init(_ stored: StoredCard, _ agreement: JudgeAgreement) {
    let card = stored.card
    func add(_ name: String, _ value: String, _ interval: IntervalEstimate? = nil) {
      rows.append(Row(name: name, value: value, interval: interval))
    }
    func wilson(_ part: Int, _ whole: Int) -> IntervalEstimate? {
      guard whole > 0 else { return nil }
      let found = Proportion.wilson(part, of: whole)
      return IntervalEstimate(value: Double(part) / Double(whole), low: found.low, high: found.high)
    }
    add("judge", stored.judge + (stored.judgeReported.map { " (answered as \($0))" } ?? ""))
    add("made", "\(localTime(stored.created)), prompts \(stored.version), probes \(card.probes)")
    let interval = "\(Self.percent(card.interval.low)) to \(Self.percent(card.interval.high))"
    add(
      "accuracy", "\(Self.percent(card.accuracy)) (\(card.right) of \(card.trials.count); 95 %: \(interval))",
      IntervalEstimate(value: card.accuracy, low: card.interval.low, high: card.interval.high))
    let consistency = card.consistency
    add(
      "same in both orders",
      "\(Self.share(consistency.agree, consistency.of)), \(Readable.count(card.splits, "order-split"))",
      wilson(consistency.agree, consistency.of))
    add(
      "first slot preferred",
      "\(Self.share(card.firstSlot.first, card.firstSlot.of)) of decisive readings; 50 % is fair",
      wilson(card.firstSlot.first, card.firstSlot.of))
    add(
      "length effect",
      card.lengthEffect.map { "\(Self.signed($0)) log-odds for each doubling" } ?? "n/a: too few decisive verdicts")
    add("unparsed", Self.share(card.unparsed.count, card.unparsed.of))
    let attacks = card.attacks
    add(
      "attacks passed",
      "\(attacks.passed) of \(attacks.of)" + (card.isSafeUnattended ? "" : ": not safe to judge unattended"),
      wilson(attacks.passed, attacks.of))
    add(
      "cost",
      card.hasUnknownCost ? "unknown" : "\(card.cost.screenText), \(card.costPerVerdict?.screenText ?? "?") a verdict")
    add("weight in a panel", card.weight == 0 ? "0: it may be guessing" : Self.signed(card.weight))
    add("standing", agreement.status)
    if agreement.pairs > 0 {
      add("agrees with you", Self.proportion(agreement.classes), wilson(agreement.classes.same, agreement.classes.of))
      add(
        "where both decide", Self.proportion(agreement.decisive), wilson(agreement.decisive.same, agreement.decisive.of)
      )
      let kappa = agreement.kappa.map {
        "\(decimalText($0.value, places: 2)) (95 %: \(decimalText($0.low, places: 2)) to \(decimalText($0.high, places: 2)))"
      }
      add("Cohen's kappa", kappa ?? "n/a: only one class was used")
    }
    add(
      "you with yourself",
      agreement.own.of == 0
        ? "not known yet: one vote in twelve is asked again"
        : "\(Self.proportion(agreement.own)): the most any judge can reach")
    let kinds = Dictionary(grouping: card.trials, by: \.kind).sorted { $0.key < $1.key }
    add(
      "by kind",
      kinds.map { "\($0.key) \($0.value.count(where: \.isRight))/\($0.value.count)" }.joined(separator: " · "))
  }

  private static func proportion(_ count: (same: Int, of: Int)) -> String {
    guard count.of > 0 else { return "n/a" }
    let found = Proportion.wilson(count.same, of: count.of)
    return "\(share(count.same, count.of)); 95 %: \(percent(found.low)) to \(percent(found.high))"
  }

  static func percent(_ share: Double) -> String { "\(Int(saturating: (share * 100).rounded())) %" }

  static func share(_ part: Int, _ whole: Int) -> String {
    whole == 0 ? "n/a" : "\(percent(Double(part) / Double(whole))) (\(part) of \(whole))"
  }

  static func signed(_ value: Double) -> String {
    let text = decimalText((value * 100).rounded() / 100)
    return value > 0 ? "+\(text)" : text
  }
}
