/// What a provider bills by: disjoint kinds of tokens, and units of tools. One table: prices, receipts, the ledger and exports
/// are keyed by it, in this order.
public enum TokenClass: String, CaseIterable, Sendable {
  /// Input that no cache was read or written for.
  case input
  case cacheRead = "cache_read"
  /// Written for the provider's shortest lifetime (5 minutes, 30 minutes).
  case cacheWrite = "cache_write"
  case cacheWrite1h = "cache_write_1h"
  case cacheWrite12h = "cache_write_12h"
  case inputAudio = "input_audio"
  case inputImage = "input_image"
  case inputVideo = "input_video"
  case cacheAudioRead = "cache_audio_read"
  case cacheImageRead = "cache_image_read"
  /// The visible answer.
  case output
  case reasoning = "output_reasoning"
  case outputAudio = "output_audio"
  case outputImage = "output_image"
  case webSearches = "web_searches"
  /// One a call, where a provider charges for calls.
  case requests

  /// Its name in the price records.
  public var priceKey: String { rawValue + (isToken ? "_mtok" : "_kcount") }

  /// Tokens are priced by the million, the rest by the thousand.
  public var isToken: Bool { self != .webSearches && self != .requests }

  /// Whose price holds where there is none of its own: cached tokens then cost the input price.
  public var fallbacks: [TokenClass] {
    switch self {
    case .input, .output, .webSearches, .requests: []
    case .cacheWrite1h, .cacheWrite12h: [.cacheWrite, .input]
    case .cacheAudioRead: [.cacheRead, .inputAudio, .input]
    case .cacheImageRead: [.cacheRead, .inputImage, .input]
    case .cacheRead, .cacheWrite, .inputAudio, .inputImage, .inputVideo: [.input]
    case .reasoning, .outputAudio, .outputImage: [.output]
    }
  }

  /// As a receipt names it.
  public var title: String {
    switch self {
    case .input: "input"
    case .cacheRead: "cache read"
    case .cacheWrite: "cache write"
    case .cacheWrite1h: "cache write, 1 h"
    case .cacheWrite12h: "cache write, 12 h"
    case .inputAudio: "audio in"
    case .inputImage: "images in"
    case .inputVideo: "video in"
    case .cacheAudioRead: "cached audio"
    case .cacheImageRead: "cached images"
    case .output: "output"
    case .reasoning: "reasoning"
    case .outputAudio: "audio out"
    case .outputImage: "images out"
    case .webSearches: "web searches"
    case .requests: "requests"
    }
  }
}

/// How many of one class.
public struct TokenCount: Equatable, Sendable {
  public var kind: TokenClass
  public var count: Int

  public init(kind: TokenClass, count: Int) {
    self.kind = kind
    self.count = count
  }
}

extension Usage {
  /// The counts as disjoint classes, in the table's order and without empty ones. However a provider contradicts itself, those
  /// of input never add up to more than `input`, nor those of output to more than `output`.
  public var classes: [TokenCount] {
    var counts: [TokenClass: Int] = [:]
    /// Moves what is known of these kinds out of a total; the rest goes to `rest`.
    func split(_ total: Int, _ parts: [(TokenClass, Int)], rest: TokenClass) {
      var left = max(0, total)
      for (kind, count) in parts {
        let taken = min(max(0, count), left)
        counts[kind, default: 0] += taken
        left -= taken
      }
      counts[rest, default: 0] += left
    }
    func part(_ kind: TokenClass) -> Int { (parts[kind] ?? 0).clamped(to: Bounds.tokens) }
    let all = max(0, input)
    let read = min(max(0, cacheRead), all)
    let written = min(max(0, cacheWrite), all - read)
    split(
      read, [(.cacheAudioRead, part(.cacheAudioRead)), (.cacheImageRead, part(.cacheImageRead))], rest: .cacheRead)
    split(
      written, [(.cacheWrite1h, part(.cacheWrite1h)), (.cacheWrite12h, part(.cacheWrite12h))], rest: .cacheWrite)
    // A modality's count includes its cached tokens.
    split(
      all - read - written,
      [
        (.inputAudio, part(.inputAudio) - part(.cacheAudioRead)),
        (.inputImage, part(.inputImage) - part(.cacheImageRead)), (.inputVideo, part(.inputVideo)),
      ], rest: .input)
    split(
      output, [(.reasoning, reasoning), (.outputAudio, part(.outputAudio)), (.outputImage, part(.outputImage))],
      rest: .output)
    counts[.webSearches] = max(0, part(.webSearches))
    return TokenClass.allCases.compactMap { kind in
      counts[kind].flatMap { $0 > 0 ? TokenCount(kind: kind, count: $0) : nil }
    }
  }
}
