import Core
import Providers

/// What is different when a race serves a client of the gateway: the client's own words go upstream, and the events of the answer
/// come back as they are.
public struct Relay: Sendable {
  /// What a lane sends, beside messages and parameters.
  public struct Part: Equatable, Sendable {
    /// The client's own body with the model's name put in, for a service of the client's dialect; nil to write one from the
    /// lane's messages.
    public var body: JSON?
    /// The client's headers that the protocol knows.
    public var headers: [Service.Header] = []
    public var schema: OutputSchema?
    public var wantsJSON = false
    public var toolUse = ToolUse()
    /// Why the lane cannot be asked: a sentence that names the field which its protocol cannot carry.
    public var refusal: String?

    public init() {}
  }

  /// The data of one event of a lane's stream, or a whole body from a server that does not stream. Valid during the call only.
  public enum Piece {
    case event(UnsafeRawBufferPointer)
    case whole(UnsafeRawBufferPointer)
    /// What came before is void: the request is sent again.
    case restart
  }

  /// How much is kept of the call.
  public var keeping = GatewayKey.Keeping.full
  /// Bytes of the words that are sent, for an estimate.
  public var inputBytes: Int
  /// A race is won by visible text or a tool's call: thinking alone is nothing that a client can use.
  public var wantsAnswer: Bool
  /// Told on the transfer thread, before the same event is told as a `ResponseEvent`.
  public var tap: @Sendable (Int, Piece) -> Void

  public init(inputBytes: Int, wantsAnswer: Bool, tap: @escaping @Sendable (Int, Piece) -> Void) {
    self.inputBytes = inputBytes
    self.wantsAnswer = wantsAnswer
    self.tap = tap
  }
}
