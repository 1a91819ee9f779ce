import Core
import Judging

/// Who may judge whom.
public enum Eligibility {
  /// A contestant does not judge itself. Where both answers are of the judge's own model it cannot favour itself, and may.
  /// - Returns: a sentence; nil when it may.
  public static func reasonAgainst(_ judge: Lane, _ a: ModelID, _ b: ModelID) -> String? {
    guard (judge.model == a) != (judge.model == b) else { return nil }
    return "not judged by \(judge.model.text): a contestant does not judge itself; name another judge"
  }

  /// The family that the judge shares with exactly one of the two.
  static func overlap(_ judge: Lane, _ a: ModelID, _ b: ModelID) -> String? {
    guard let family = Makers.family(of: judge.model),
      (Makers.family(of: a) == family) != (Makers.family(of: b) == family)
    else { return nil }
    return family
  }
}
