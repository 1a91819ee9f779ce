import Core

/// What is kept of a judgement beside its columns.
extension Judgement {
  public var document: JSON {
    [
      "outcome": outcome.json, "readings": readings?.json ?? .null, "checked": checked?.json ?? .null,
      "brief": .optional(brief), "set_aside": .bool(isSetAside), "calls": .array(calls.map { .string($0) }),
    ]
  }

  /// What `document` wrote.
  public mutating func read(_ view: JSONView) {
    if let outcome = view["outcome"].flatMap({ PairOutcome(json: $0) }) { self.outcome = outcome }
    readings = view["readings"].flatMap { Readings(json: $0) }
    checked = view["checked"].flatMap { Readings(json: $0) }
    brief = view["brief"]?.string
    isSetAside = view["set_aside"]?.bool ?? false
    calls = view["calls"]?.elements.compactMap(\.string) ?? []
  }
}

extension Judgement.Readings {
  var json: JSON { ["ab": ab.json, "ba": ba.json] }

  init?(json: JSONView) {
    guard let ab = json["ab"].flatMap({ OrderReading(json: $0) }),
      let ba = json["ba"].flatMap({ OrderReading(json: $0) })
    else { return nil }
    self.init(ab: ab, ba: ba)
  }

  /// Which answers the judge says talk to it, in either order.
  public var addressed: (a: Bool, b: Bool) {
    var found = (a: false, b: false)
    if case .verdict(let verdict) = ab {
      (found.a, found.b) = (verdict.addressesJudge.r1, verdict.addressesJudge.r2)
    }
    if case .verdict(let verdict) = ba {
      found.a = found.a || verdict.addressesJudge.r2
      found.b = found.b || verdict.addressesJudge.r1
    }
    return found
  }
}

extension OrderReading {
  public var json: JSON {
    func state(_ word: String, _ message: String) -> JSON { ["state": .string(word), "message": .string(message)] }
    return switch self {
    case .verdict(let verdict): ["state": "verdict", "verdict": verdict.json]
    case .refused(let message): state("refused", message)
    case .unparsed(let message): state("unparsed", message)
    case .incoherent(let message): state("incoherent", message)
    case .void(let message): state("void", message)
    case .failed(let message): state("failed", message)
    }
  }

  public init?(json: JSONView) {
    let message = json["message"]?.string ?? ""
    switch json["state"]?.string {
    case "verdict":
      guard let verdict = json["verdict"].flatMap({ Verdict(json: $0) }) else { return nil }
      self = .verdict(verdict)
    case "refused": self = .refused(message)
    case "unparsed": self = .unparsed(message)
    case "incoherent": self = .incoherent(message)
    case "void": self = .void(message)
    case "failed": self = .failed(message)
    default: return nil
    }
  }
}

extension PairOutcome {
  /// The answer that it came out for, or that there is none: enough to say whether two outcomes differ.
  public var isDecided: Bool { kind != .none && kind != .half }

  /// `lane 1 wins against lane 2`, `lane 2 by a weak win against lane 1`, `tie of lanes 1 and 2`.
  public func words(a: Int, b: Int) -> String {
    let (first, second) = winner == .b ? (b + 1, a + 1) : (a + 1, b + 1)
    let both = "lanes \(a + 1) and \(b + 1)"
    return switch kind {
    case .win: "lane \(first) wins against lane \(second)"
    case .weakWin: "lane \(first) by a weak win against lane \(second)"
    case .tie: "tie of \(both)" + (tieKind == .bothBad ? ", both bad" : "")
    case .orderSplit: "order-split of \(both)"
    case .half: "half a verdict on \(both)"
    case .none: "no verdict on \(both)"
    }
  }
}

extension Verdict {
  /// The reason with slots named by lane; `r1` was that lane's answer.
  public func reason(r1: Int, r2: Int) -> String {
    reason.replacing("r1", with: "lane \(r1 + 1)").replacing("r2", with: "lane \(r2 + 1)")
  }
}
