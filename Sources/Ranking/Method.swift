/// How one shown number came about: what the “how computed” page prints beside it.
public struct HowComputed: Equatable, Sendable {
  public var name: String
  /// As plain text, one line.
  public var formula: String
  /// How many votes, items or draws stand behind it.
  public var n: Int
  /// What `n` counts.
  public var unit: String
  /// Where the method is from, and what to keep in mind.
  public var source: String

  public var lines: [String] { ["\(name) (n = \(n) \(unit))", "  \(formula)", "  \(source)"] }
}

/// Every number of the ranking, with its method. One table: screens, help and documents print from here.
public enum Method: String, Equatable, Sendable, CaseIterable {
  case rating, elo, standardError, rankRange, winProbability, bestProbability, tieParameter, logLikelihood
  case eValue, confidenceSequence, votesLeft, wilson, kappa, fleiss, krippendorff, roganGladen, predictionPowered
  case joint, tagBoard, cycle, fitCheck, nextPair, bootstrap, percentile, medianInterval, asymptoticSequence

  public func howComputed(n: Int) -> HowComputed {
    let text = text
    return HowComputed(name: text.name, formula: text.formula, n: n, unit: text.unit, source: text.source)
  }

  private var text: (name: String, formula: String, unit: String, source: String) {
    switch self {
    case .rating:
      (
        "rating", "θ maximises Σ log P(outcome | θ_a − θ_b, ν) − Σ θ²/2, mean θ = 0", "votes",
        "Bradley and Terry 1952, with a weak prior N(0, 1); natural log strength: only differences mean something"
      )
    case .elo:
      (
        "Elo", "1000 + θ · 400/ln 10, or shifted so that the anchor has its value", "votes",
        "a scale for ratings, not the running Elo of chess: it does not depend on the order of the votes"
      )
    case .standardError:
      (
        "standard error", "root of the diagonal of A⁻¹ (B + Λ) A⁻¹; 95 % interval θ ± 1.96 SE", "votes",
        "sandwich, B summed over prompts (Liang and Zeger 1986), Λ the precision of the prior; of a difference: "
          + "√(V_ii + V_jj − 2 V_ij)"
      )
    case .rankRange:
      (
        "rank range", "best: 1 + models surely above; worst: models not surely below", "votes",
        "surely: |θ_i − θ_j| > 1.96 SE(θ_i − θ_j), each pair by its own standard error, never by overlapping bars"
      )
    case .winProbability:
      (
        "win %", "mean over all other models of P(win) + P(tie)/2", "votes",
        "from the fitted model: the same for everyone, whom they happened to meet or not"
      )
    case .bestProbability:
      (
        "P(best)", "share of draws from N(θ, V) in which the model has the highest θ", "votes",
        "2000 draws with a fixed seed; normal approximation"
      )
    case .tieParameter:
      (
        "tie parameter", "P(a) : P(tie) : P(b) = e^{η/2} : ν : e^{−η/2}, η = θ_a − θ_b",
        "votes",
        "equal models tie with ν/(2 + ν); Davidson 1970; with Rao-Kupper (1967) it is e^t of P(a) = σ(η − t); ‘both bad’ counts as a tie"
      )
    case .logLikelihood:
      ("log likelihood", "Σ log P(outcome) at the optimum, natural log", "votes", "without the prior's part")
    case .eValue:
      (
        "evidence", "E = 2ⁿ B(1 + k, 1 + n − k), k wins in n decisive votes; decided at 20 · (pairs tested)",
        "decisive votes",
        "e-value against ‘equal’: wrong at most once in twenty, however often one looks (Ville 1939; Ramdas et al. 2023); "
          + "one vote a prompt"
      )
    case .confidenceSequence:
      (
        "share of wins, 95 %", "all p with B(1 + k, 1 + n − k) < 20 pᵏ (1 − p)ⁿ⁻ᵏ", "decisive votes",
        "confidence sequence (Robbins 1970): holds at every look"
      )
    case .votesLeft:
      (
        "votes to go", "least m with E(k + pm, n + m) at the bar, p = (k + 1)/(n + 2)", "decisive votes",
        "a forecast if the true share is p; half of such pairs take longer"
      )
    case .wilson:
      (
        "share, 95 %", "(p + z²/2n ± z √(p(1 − p)/n + z²/4n²))/(1 + z²/n), z = 1.96", "items",
        "Wilson 1927: right for few items too"
      )
    case .kappa:
      (
        "Cohen's kappa", "(p_o − p_e)/(1 − p_e)", "items",
        "Cohen 1960; interval by bootstrap over prompts; n/a when only one class was used"
      )
    case .fleiss: ("Fleiss' kappa", "(P − P_e)/(1 − P_e), P the mean share of agreeing pairs", "items", "Fleiss 1971")
    case .krippendorff:
      ("Krippendorff's alpha", "1 − D_o/D_e, nominal", "items", "Krippendorff 2011; ratings may be missing")
    case .roganGladen:
      (
        "corrected win rate", "W = (J + q_B − 1)/(q_A + q_B − 1)", "verdicts",
        "Rogan and Gladen 1978; refused below q_A + q_B = 1.2; interval by the delta method"
      )
    case .predictionPowered:
      (
        "win rate from votes and verdicts", "W = λ mean_N(j) + mean_n(h − λj), λ = cov(h, j)/((1 + n/N) var j) in 0…1",
        "votes", "PPI++ (Angelopoulos, Duchi and Zrnic 2023); votes saved = n · var(votes alone)/var − n"
      )
    case .joint:
      (
        "joint rating", "η = c_r (θ_a − θ_b) + s_r + l_r log((len_a + 1)/(len_b + 1)) + f_r (family a − family b)",
        "votes",
        "one θ seen by every rater through its own scale and tastes; priors N(0, 1) and N(0, 0.5²); errors by prompt"
      )
    case .tagBoard:
      ("rating by tag", "θ_tag ~ N(θ_overall, 0.5²), then as rating", "votes", "shrunk: few votes crown nobody")
    case .cycle:
      (
        "circle", "a over b over c over a, the one whose weakest side has the largest (w − l)/√(w + l)",
        "decisive votes",
        "told as a finding only when all three sides are decided"
      )
    case .fitCheck:
      (
        "fit", "G² = 2 Σ w log(w/(n p)), chi-square with pairs − models + 1 degrees", "decisive votes",
        "likelihood ratio of one strength a model against a free rate a pair; rough below 5 votes a pair"
      )
    case .nextPair:
      (
        "next pair", "draw θ from N(θ, A⁻¹), take the best; draw until another is best", "votes",
        "top-two Thompson sampling (Russo 2016), one pair in ten at random"
      )
    case .bootstrap:
      (
        "bands for all models", "θ_i ± q SE_i, q the 95 % quantile of max |θ* − θ|/SE over resampled prompts", "refits",
        "max-|t| from a seeded bootstrap over prompts"
      )
    case .percentile:
      ("percentile", "linear between the order statistics around (n − 1)p", "values", "type 7 of Hyndman and Fan 1996")
    case .medianInterval:
      (
        "median, 95 %", "order statistics j and n + 1 − j with P(Bin(n, ½) < j) ≤ 2.5 %", "values",
        "exact, whatever the distribution; none below six values"
      )
    case .asymptoticSequence:
      (
        "band at every look", "± s √(2(n r² + 1)/(n² r²) · log(√(n r² + 1)/0.05))", "scores",
        "asymptotic confidence sequence (Waudby-Smith et al. 2024)"
      )
    }
  }
}
