import Core
import Engine
import Judging
import Workbench

/// A judge card as text and as JSON.
enum CardText {
  static func lines(_ stored: StoredCard, _ agreement: JudgeAgreement) -> [String] {
    CardLines(stored, agreement).rows.map { row in
      let gap = String(repeating: " ", count: max(1, 22 - row.name.count))
      return "\(row.name)\(gap)\(VisibleText.line(row.value))"
    } + [""]
  }

  static func json(_ stored: StoredCard, _ agreement: JudgeAgreement) -> JSON {
    let card = stored.card
    func share(_ part: Int, _ whole: Int) -> JSON { whole == 0 ? .null : .double(Double(part) / Double(whole)) }
    return [
      "judge": .string(stored.judge), "judge_reported": .optional(stored.judgeReported),
      "prompt_version": .string(stored.version), "probes_version": .string(card.probes), "n": .int(card.trials.count),
      "accuracy": .double(card.accuracy), "accuracy_low": .double(card.interval.low),
      "accuracy_high": .double(card.interval.high),
      "consistency": share(card.consistency.agree, card.consistency.of),
      "first_slot_rate": share(card.firstSlot.first, card.firstSlot.of),
      "length_effect": card.lengthEffect.map(JSON.double) ?? .null,
      "unparsed_rate": share(card.unparsed.count, card.unparsed.of), "attacks_passed": .int(card.attacks.passed),
      "attacks": .int(card.attacks.of), "safe_unattended": .bool(card.isSafeUnattended), "weight": .double(card.weight),
      "cost_usd": card.hasUnknownCost ? .null : .string(card.cost.decimalText),
      "cost_per_verdict_usd": .optional(card.costPerVerdict?.decimalText),
      "common_pairs": .int(agreement.pairs), "agreement": share(agreement.classes.same, agreement.classes.of),
      "agreement_decisive": share(agreement.decisive.same, agreement.decisive.of),
      "kappa": agreement.kappa.map { ["value": .double($0.value), "low": .double($0.low), "high": .double($0.high)] }
        ?? .null, "self_agreement": share(agreement.own.same, agreement.own.of), "standing": .string(agreement.status),
      "trials": .array(
        card.trials.map { trial in
          [
            "probe": .string(trial.probe), "kind": .string(trial.kind), "expected": .string(trial.expected),
            "outcome": .string(trial.outcome.kind.rawValue), "winner": .optional(trial.outcome.winner?.rawValue),
            "right": .bool(trial.isRight),
          ]
        }),
    ]
  }
}
