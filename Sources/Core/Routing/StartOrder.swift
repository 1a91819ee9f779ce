/// In which order the lanes of one turn are asked.
public indirect enum StartOrder: Equatable, Sendable {
  /// By lane number.
  case lane(Int)
  /// The next one when those before it have failed without a token.
  case inTurn([StartOrder])
  /// All at once; with `hedge`, each so many nanoseconds after the one before it, as long as nothing has come.
  case together([StartOrder], hedge: Int64?)
}

extension StartOrder {
  /// Whether lanes run against each other.
  public var isRace: Bool {
    switch self {
    case .lane: false
    case .inTurn(let orders): orders.contains(where: \.isRace)
    case .together(let orders, _): orders.count > 1 || orders.contains(where: \.isRace)
    }
  }

  /// How many lanes may run at once.
  public var width: Int {
    switch self {
    case .lane: 1
    case .inTurn(let orders): orders.map(\.width).max() ?? 0
    case .together(let orders, _): orders.reduce(0) { $0 + $1.width }
    }
  }
}
