/// How many tokens an answer has, while it comes and when it is over: the provider's own figure where it has told one, and what has
/// come since by the length of the text. One count for everybody: what a budget allows, the live speed, the tokens of the first
/// read, the bounds of an answer that was stopped.
///
/// A chunk is not a token: providers pack from one to hundreds into one.
public struct OutputCount: Equatable, Sendable {
  /// Of a model that nobody has measured yet: UTF-8 bytes a token.
  public static let usualBytesPerToken = 4.0
  /// No tokenizer of today writes text with fewer or more: what is measured beyond is no measure of tokens.
  public static let bytesPerTokenRange = 0.5...16.0

  /// Measured from past calls of the model; nil where there are none.
  public var bytesPerToken: Double?
  /// How many answers are written at once, of which only the first is looked at.
  public var answers = 1
  /// UTF-8 bytes of text, reasoning and tools' calls that have come.
  public private(set) var bytes = 0
  public private(set) var chunks = 0
  /// As the provider told it last, hidden reasoning included.
  public private(set) var reported: Int?
  /// What had come when it told that.
  private var bytesReported = 0
  private var chunksReported = 0
  /// Of the chunks that came in the first read.
  public private(set) var bytesInFirstRead = 0
  /// As told by the provider with the first read.
  private var reportedInFirstRead: Int?
  private var isInFirstRead = true

  public init(bytesPerToken: Double? = nil) { self.bytesPerToken = bytesPerToken }

  /// A chunk has come.
  /// - Parameter isFirstRead: in the same read as the first of all.
  public mutating func add(bytes count: Int, isFirstRead: Bool) {
    bytes += count
    chunks += 1
    isInFirstRead = isFirstRead
    if isFirstRead { bytesInFirstRead += count }
  }

  /// The provider has told how many tokens there are so far.
  public mutating func report(_ tokens: Int) {
    reported = tokens
    (bytesReported, chunksReported) = (bytes, chunks)
    if chunks > 0, isInFirstRead { reportedInFirstRead = tokens }
  }

  /// Tokens so far, hidden ones as far as the provider has told of them.
  public var tokens: Int {
    let since = tokens(ofBytes: bytes - bytesReported, chunks: chunks - chunksReported)
    return (reported ?? 0).addingSaturating(since.multipliedSaturating(by: answers)).clamped(to: Bounds.tokens)
  }

  private func tokens(ofBytes count: Int, chunks: Int) -> Int {
    let tokens = Int((Double(count) / (bytesPerToken ?? Self.usualBytesPerToken)).rounded(.up))
    // Nobody sends a piece of a token by itself, as long as nothing better is known.
    return bytesPerToken == nil ? max(chunks, tokens) : tokens
  }

  /// How many of `output` tokens came with the first read: as the provider told, else by its share of the text. Reasoning that was
  /// not sent had been written before it.
  /// - Parameter hidden: tokens of reasoning that did not come as text.
  public func inFirstRead(of output: Int, hidden: Int = 0) -> Int {
    if let reportedInFirstRead { return min(reportedInFirstRead, output) }
    guard bytes > 0 else { return 0 }
    let share = Double(output - min(hidden, output)) * Double(bytesInFirstRead) / Double(bytes)
    return min(hidden, output) + Int(share.rounded())
  }
}
