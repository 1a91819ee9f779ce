/// What a route made of one request: which models are asked, in which order, and why.
public struct RouteDecision: Equatable, Sendable {
  /// As the client wrote it: a route, `provider/model`, or a bare model name.
  public var name: String
  /// Lane numbers in `order` are places in this list.
  public var lanes: [Lane]
  public var order: StartOrder
  /// Asked in the background, once the client has its answer; nobody sees what they say but the ledger.
  public var shadows: [Lane] = []
  /// Who compares the answer with the shadows' in the background; nil for nobody.
  public var judge: Lane?
  /// Candidates, their numbers, and why these: kept with the receipt.
  public var reasons: JSON

  public init(name: String, lanes: [Lane], order: StartOrder, reasons: JSON) {
    self.name = name
    self.lanes = lanes
    self.order = order
    self.reasons = reasons
  }
}
