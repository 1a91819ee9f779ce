/// One call as the ledger knows it: who was asked when and for what, what was counted, what it cost. No text.
public struct LedgerCall: Equatable, Sendable {
  public var key: ResponseKey
  /// Seconds since 1970.
  public var created: Int64
  public var model: ModelID
  public var modelReported: String?
  /// `Purpose` as it is stored.
  public var purpose: String
  public var state: ResponseState
  public var usage: Usage
  /// Without the price, which its receipt has.
  public var cost: Cost
  /// Nanoseconds since *sent*.
  public var firstAnswer: Int64?
  public var end: Int64?
  /// Ids that the provider gave, by attempt.
  public var requestIDs: [String]
  /// Where it was imported from; nil: it was asked for here.
  public var origin: String?
  /// Lanes of its turn, its rule, and whether it won.
  public var lanes: Int
  public var rule: RaceRule
  public var won: Bool
  /// Its turn waits for a vote: which lane it was is not told.
  public private(set) var isHidden = false

  public init(
    key: ResponseKey, created: Int64, model: ModelID, purpose: String, state: ResponseState, usage: Usage, cost: Cost
  ) {
    self.key = key
    self.created = created
    self.model = model
    self.purpose = purpose
    self.state = state
    self.usage = usage
    self.cost = cost
    requestIDs = []
    lanes = 1
    rule = .all
    won = false
  }

  /// Takes away what would tell which lane it was.
  public mutating func hide() {
    isHidden = true
    model = ModelID(provider: "(blind)", model: "not revealed yet")
    (modelReported, firstAnswer, end, requestIDs, won) = (nil, nil, nil, [], false)
  }

  /// Nil: nobody knows.
  public var amount: Money? { cost.status == .unknown ? nil : cost.amount }
}
