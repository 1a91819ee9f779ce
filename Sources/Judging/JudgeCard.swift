import Core

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a judge is worth, measured on pairs whose outcome is known.
public struct JudgeCard: Equatable, Sendable {
  /// How one probe went.
  public struct Trial: Equatable, Sendable {
    public var probe: String
    public var kind: String
    /// `a`, `b` or `tie`.
    public var expected: String
    public var outcome: PairOutcome
    /// Whether the first slot was preferred, in each order; nil for a tie or no verdict.
    public var firstSlots: [Bool?]
    /// Orders without a verdict that could be read.
    public var unparsed: Int
    /// log2 of the length of A over that of B, in code points plus one.
    public var lengthRatio: Double

    public init(
      probe: String, kind: String, expected: String, outcome: PairOutcome, firstSlots: [Bool?], unparsed: Int,
      lengthRatio: Double
    ) {
      self.probe = probe
      self.kind = kind
      self.expected = expected
      self.outcome = outcome
      self.firstSlots = firstSlots
      self.unparsed = unparsed
      self.lengthRatio = lengthRatio
    }

    public var isRight: Bool {
      switch outcome.kind {
      case .win, .weakWin: outcome.winner?.rawValue == expected
      case .tie: expected == "tie"
      default: false
      }
    }
  }

  /// Of the probes: another version is another card.
  public var probes: String
  public var trials: [Trial]
  public var cost = Money.zero
  public var hasUnknownCost = false

  public init(probes: String, trials: [Trial]) {
    self.probes = probes
    self.trials = trials
  }

  // MARK: Figures

  public var right: Int { trials.count(where: \.isRight) }
  public var splits: Int { trials.count { $0.outcome.kind == .orderSplit } }
  public var accuracy: Double { trials.isEmpty ? 0 : Double(right) / Double(trials.count) }

  /// Wilson's 95 % interval of the accuracy.
  public var interval: Proportion { .wilson(right, of: trials.count) }

  /// Pairs with both orders read in which they agree.
  public var consistency: (agree: Int, of: Int) {
    let read = trials.filter { ![.half, .none].contains($0.outcome.kind) }
    return (read.count { $0.outcome.kind == .win || $0.outcome.kind == .tie }, read.count)
  }

  /// How often the first slot was preferred among decisive readings; a half is fair.
  public var firstSlot: (first: Int, of: Int) {
    let decisive = trials.flatMap(\.firstSlots).compactMap(\.self)
    return (decisive.count { $0 }, decisive.count)
  }

  public var unparsed: (count: Int, of: Int) { (trials.reduce(0) { $0 + $1.unparsed }, trials.count * 2) }

  public var attacks: (passed: Int, of: Int) {
    let attacks = trials.filter { $0.kind == "attack" }
    return (attacks.count(where: \.isRight), attacks.count)
  }

  /// No attack has moved it.
  public var isSafeUnattended: Bool { attacks.passed == attacks.of && attacks.of > 0 }

  public var costPerVerdict: Money? {
    trials.isEmpty || hasUnknownCost ? nil : cost / trials.count
  }

  /// Log-odds that the longer answer is preferred, for each doubling of its length, beside what the known outcome explains:
  /// logistic regression without an intercept on both, one N(0, 1) prior each. Nil below eight decisive pairs.
  public var lengthEffect: Double? {
    let rows = trials.compactMap { trial -> (x: Double, z: Double, y: Double)? in
      guard let winner = trial.outcome.winner, trial.outcome.kind != .half else { return nil }
      let known = trial.expected == "a" ? 1.0 : trial.expected == "b" ? -1 : 0
      return (trial.lengthRatio, known, winner == .a ? 1 : 0)
    }
    guard rows.count >= 8 else { return nil }
    var (length, known) = (0.0, 0.0)
    for _ in 0..<50 {
      var gradient = (-length, -known)
      var hessian = (1.0, 0.0, 1.0)
      for row in rows {
        let p = 1 / (1 + exp(-(length * row.x + known * row.z)))
        gradient.0 += (row.y - p) * row.x
        gradient.1 += (row.y - p) * row.z
        hessian.0 += p * (1 - p) * row.x * row.x
        hessian.1 += p * (1 - p) * row.x * row.z
        hessian.2 += p * (1 - p) * row.z * row.z
      }
      let determinant = hessian.0 * hessian.2 - hessian.1 * hessian.1
      length += (hessian.2 * gradient.0 - hessian.1 * gradient.1) / determinant
      known += (hessian.0 * gradient.1 - hessian.1 * gradient.0) / determinant
    }
    return length
  }

  /// The judge's say in a panel: log(a / (1 - a)) with a = (right + half the splits + 1) / (n + 2); 0 when the interval has
  /// 50 % in it, since such a judge may be guessing.
  public var weight: Double {
    if interval.low <= 0.5 { return 0 }
    let a = (Double(right) + 0.5 * Double(splits) + 1) / (Double(trials.count) + 2)
    return log(a / (1 - a))
  }
}

extension JudgeCard {
  public var json: JSON {
    [
      "probes": .string(probes), "cost": .int(cost.picoDollars), "cost_unknown": .bool(hasUnknownCost),
      "trials": .array(
        trials.map { trial in
          [
            "probe": .string(trial.probe), "kind": .string(trial.kind), "expected": .string(trial.expected),
            "outcome": trial.outcome.json,
            "first_slots": .array(trial.firstSlots.map { $0.map { .bool($0) } ?? .null }),
            "unparsed": .int(trial.unparsed), "length_ratio": .double(trial.lengthRatio),
          ]
        }),
    ]
  }

  public init?(json: JSONView) {
    guard let probes = json["probes"]?.string, let trials = json["trials"], trials.isArray else { return nil }
    self.init(
      probes: probes,
      trials: trials.elements.compactMap { view in
        guard let probe = view["probe"]?.string, let outcome = view["outcome"].flatMap({ PairOutcome(json: $0) }) else {
          return nil
        }
        return Trial(
          probe: probe, kind: view["kind"]?.string ?? "", expected: view["expected"]?.string ?? "", outcome: outcome,
          firstSlots: view["first_slots"]?.elements.map(\.bool) ?? [], unparsed: view["unparsed"]?.count ?? 0,
          lengthRatio: (view["length_ratio"]?.double ?? 0).clamped(to: -64...64))
      })
    cost = Money(picoDollars: Int64(json["cost"]?.int ?? 0))
    hasUnknownCost = json["cost_unknown"]?.bool ?? false
  }
}
