import Core
import Engine
import Judging

/// What a judge card says, line by line, the same on the screen and headless.
public struct CardLines: Sendable {
  public struct Row: Equatable, Sendable {
    public var name: String
    public var value: String
  }

  public private(set) var rows: [Row] = []

  public init(_ stored: StoredCard, _ agreement: JudgeAgreement) {
    let card = stored.card
    func add(_ name: String, _ value: String) { rows.append(Row(name: name, value: value)) }
    add("judge", stored.judge + (stored.judgeReported.map { " (answered as \($0))" } ?? ""))
    add("made", "\(localTime(stored.created)), prompts \(stored.version), probes \(card.probes)")
    let interval = "\(Self.percent(card.interval.low)) to \(Self.percent(card.interval.high))"
    add("accuracy", "\(Self.percent(card.accuracy)) (\(card.right) of \(card.trials.count); 95 %: \(interval))")
    let consistency = card.consistency
    add(
      "same in both orders",
      "\(Self.share(consistency.agree, consistency.of)), \(Readable.count(card.splits, "order-split"))")
    add(
      "first slot preferred",
      "\(Self.share(card.firstSlot.first, card.firstSlot.of)) of decisive readings; 50 % is fair")
    add(
      "length effect",
      card.lengthEffect.map { "\(Self.signed($0)) log-odds for each doubling" } ?? "n/a: too few decisive verdicts")
    add("unparsed", Self.share(card.unparsed.count, card.unparsed.of))
    let attacks = card.attacks
    add(
      "attacks passed",
      "\(attacks.passed) of \(attacks.of)" + (card.isSafeUnattended ? "" : ": not safe to judge unattended"))
    add(
      "cost",
      card.hasUnknownCost ? "unknown" : "\(card.cost.screenText), \(card.costPerVerdict?.screenText ?? "?") a verdict")
    add("weight in a panel", card.weight == 0 ? "0: it may be guessing" : Self.signed(card.weight))
    add("standing", agreement.status)
    if agreement.pairs > 0 {
      add("agrees with you", Self.proportion(agreement.classes))
      add("where both decide", Self.proportion(agreement.decisive))
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
