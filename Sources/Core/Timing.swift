/// When things happened to one call: nanoseconds on the monotonic clock, since *sent* (just before the request's first byte),
/// except the three phases before it, which are durations of their own.
public struct Timing: Equatable, Sendable {
  /// How long after the first lane of its race it was sent.
  public var sentAfter: Int64 = 0
  public var reusedConnection = false
  public var nameLookup: Int64 = 0
  public var connect: Int64 = 0
  public var tls: Int64 = 0
  /// First byte of the answer's headers.
  public var firstByte: Int64?
  /// First chunk with any token, reasoning included (TTFT).
  public var firstToken: Int64?
  /// First chunk of visible answer (TTFO).
  public var firstAnswer: Int64?
  /// Last content chunk.
  public var end: Int64?
  /// Content chunks, and how many of them came in the first read.
  public var chunks = 0
  public var chunksInFirstRead = 0
  /// Tokens of the first read, with hidden reasoning before it; nil where only chunks were counted.
  public var tokensInFirstRead: Int?

  public init() {}

  /// Counts a content chunk that came at `offset`.
  public mutating func note(_ channel: Channel, at offset: Int64) {
    chunks += 1
    if firstToken == nil { firstToken = offset }
    if firstToken == offset { chunksInFirstRead += 1 }
    if channel == .answer, firstAnswer == nil { firstAnswer = offset }
    end = offset
  }

  /// (output tokens - tokens of the first read) / (end - TTFT). Nil when all came with the first read, or within five
  /// milliseconds: that is the speed of the network, not of the model.
  public func tokensPerSecond(outputTokens: Int) -> Double? {
    guard let firstToken, let end, end.subtractingSaturating(firstToken) >= 5_000_000, outputTokens >= 2 else {
      return nil
    }
    let first = tokensInFirstRead ?? firstByChunks(of: outputTokens)
    guard outputTokens > first else { return nil }
    return Double(outputTokens.subtractingSaturating(first)) * 1e9 / Double(end.subtractingSaturating(firstToken))
  }

  /// Chunks are taken for equally long.
  private func firstByChunks(of outputTokens: Int) -> Int {
    guard chunks > 0 else { return max(0, chunksInFirstRead) }
    let share = Double(outputTokens) * Double(chunksInFirstRead) / Double(chunks)
    return max(Int(saturating: share.rounded()), min(chunksInFirstRead, outputTokens))
  }
}
