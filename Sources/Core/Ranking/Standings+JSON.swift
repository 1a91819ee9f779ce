extension Standings {
  /// The board as one JSON document. Probabilities are shares of 1, ratings natural logarithms.
  public var json: JSON {
    [
      "method": .string(method), "tie_parameter": tieParameter.map(JSON.double) ?? .null,
      "log_likelihood": .double(logLikelihood), "votes": .int(votes), "models": .array(models.map(\.json)),
      "pairs": .array(pairs.map(\.json)),
    ]
  }

  /// The tie model and the prior in words.
  public var method: String {
    let model =
      switch ties {
      case .davidson: "Bradley-Terry with ties (Davidson)"
      case .raoKupper: "Bradley-Terry with ties (Rao-Kupper)"
      case .half: "Bradley-Terry, ties as half wins"
      }
    switch prior {
    case .weak: return model + ", prior N(0, 1)"
    case .none: return model + ", maximum likelihood"
    case .around(_, let deviation): return model + ", prior N(overall, \(decimalText(deviation))²)"
    }
  }
}

extension Standings.Model {
  fileprivate var json: JSON {
    [
      "model": .string(model), "rating": .double(rating), "rating_elo": .double(ratingElo),
      "se": .double(standardError), "ci_low": .double(low), "ci_high": .double(high),
      "rank_low": .int(ranks.lowerBound), "rank_high": .int(ranks.upperBound), "wins": .int(wins),
      "losses": .int(losses), "ties": .int(ties), "both_bad": .int(bothBad),
      "win_probability": .double(winProbability),
    ]
  }
}

extension Standings.Pair {
  fileprivate var json: JSON {
    let confidence = independent.confidence
    return [
      "a": .string(a), "b": .string(b), "wins": .int(votes.wins), "losses": .int(votes.losses),
      "ties": .int(votes.ties), "both_bad": .int(votes.bothBad), "e_value": .double(independent.eValue),
      "cs_low": .double(confidence.low), "cs_high": .double(confidence.high), "decided": .bool(isDecided),
    ]
  }
}
