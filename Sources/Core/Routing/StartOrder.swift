/// In which order the lanes of one turn are asked.
public indirect enum StartOrder: Equatable, Sendable {
  /// By lane number.
  case lane(Int)
  /// The next one when those before it have failed without a token.
  case inTurn([StartOrder])
  /// All at once; with `hedge`, each so many nanoseconds after the one before it, as long as nothing has come.
  case together([StartOrder], hedge: Int64?)
}
