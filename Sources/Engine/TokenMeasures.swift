import Core
import Store
import Synchronization

/// How many bytes of text a token of each model is, measured from its calls whose provider counted them: the stored ones, and
/// those of this process. Read from any thread; the database is looked at once for each model.
final class TokenMeasures: Sendable {
  private struct Measure {
    var bytes = 0.0
    var tokens = 0.0
    var calls = 0.0

    var bytesPerToken: Double? {
      guard tokens >= 20 else { return nil }
      let ratio = bytes / tokens
      return OutputCount.bytesPerTokenRange.contains(ratio) ? ratio : nil
    }

    /// Later calls weigh more: what a model writes changes with what it is asked.
    mutating func add(bytes count: Int, tokens number: Int) {
      let fading = 0.8
      bytes = bytes * fading + Double(count)
      tokens = tokens * fading + Double(number)
      calls = calls * fading + 1
    }
  }

  private let store: Store
  private let measures = Mutex<[ModelID: Measure]>([:])

  init(_ store: Store) { self.store = store }

  /// Nil for a model that nobody has measured.
  func bytesPerToken(of model: ModelID) -> Double? { measures.withLock { $0[model]?.bytesPerToken } }

  /// How many tokens its answers have, those of late above all; nil where none is known.
  func usualOutput(of model: ModelID) -> Int? {
    measures.withLock { measures in
      guard let measure = measures[model], measure.calls > 0 else { return nil }
      return Int(saturating: (measure.tokens / measure.calls).rounded())
    }
  }

  /// Those of these models that have not been looked up.
  func unread(_ models: [ModelID]) -> [ModelID] { measures.withLock { known in models.filter { known[$0] == nil } } }

  /// Looks at stored calls of models that are new here. A database that cannot be read is no reason to wait for it.
  func read(_ models: [ModelID]) {
    for model in Set(unread(models)) {
      var measure = Measure()
      for call in (try? store.tokenLengths(of: model)) ?? [] { measure.add(bytes: call.bytes, tokens: call.tokens) }
      measures.withLock { $0[model] = $0[model] ?? measure }
    }
  }

  /// A call that has ended.
  func learn(_ response: Response) {
    guard let visible = response.visibleTokens else { return }
    measures.withLock { $0[response.model, default: Measure()].add(bytes: response.length, tokens: visible) }
  }
}

extension Response {
  /// Tokens of the text that came, where the provider has counted them all; nil where text and tokens are not of the same.
  var visibleTokens: Int? {
    guard state.isFinish, usage.source == .reported, !usage.lacksCounts, toolCalls.isEmpty,
      usage.parts[.outputAudio] == nil,
      usage.parts[.outputImage] == nil
    else { return nil }
    let visible = usage.output - hiddenReasoning
    return visible > 0 && length > 0 ? visible : nil
  }
}
