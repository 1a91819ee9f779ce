import Core
import Judging
import Providers
import Synchronization

/// What a call of a judge came to, after the repair that a reply out of form is given once.
enum JudgeReply<Value: Sendable>: Sendable {
  case value(Value)
  case refused(String)
  case unparsed(String)
  case incoherent(String)
  /// Not asked at all: it does not fit, or the budget is spent.
  case void(String)
  case failed(String)
}

/// Makes the calls of judges: so many at once, counted, within a budget. Shared by the tasks of one run.
final class JudgeCaller: Sendable {
  struct Tally: Sendable {
    var done = 0
    var total = 0
    var cost = Money.zero
    var hasUnknownCost = false
    /// Why the purse gave no leave for a call, or stopped one: none is begun after it.
    var refusal: String?
  }

  private let engine: Engine
  private let throttle: Throttle
  private let wallets: [Wallet]
  private let allowsUnpriced: Bool
  private let tally = Mutex(Tally())
  private let progress: @Sendable (Tally) -> Void

  /// - Parameter wallets: what the calls are paid from; the config's limit for a turn holds where there is none.
  init(
    engine: Engine, concurrency: Int, wallets: [Wallet], allowsUnpriced: Bool = false,
    progress: @escaping @Sendable (Tally) -> Void
  ) {
    self.engine = engine
    self.wallets = wallets.isEmpty ? [engine.purse.turnWallet()] : wallets
    self.allowsUnpriced = allowsUnpriced
    self.progress = progress
    throttle = Throttle(concurrency)
  }

  var spent: Tally { tally.withLock(\.self) }

  /// More calls are to come than was known.
  func expect(_ calls: Int) { change { $0.total += calls } }

  /// - Parameter parse: reads the reply, or says what is wrong with it; that goes back to the judge, once.
  /// - Returns: what came of it, with the conversation; nil where none was begun.
  func call<Value>(
    _ ask: JudgeAsk, _ purpose: Purpose, by judge: Lane, about title: String,
    parse: @escaping @Sendable (String) throws(VerdictFault) -> Value
  ) async -> (reply: JudgeReply<Value>, exchange: Exchange?) {
    let result = await throttle.run { () -> (reply: JudgeReply<Value>, exchange: Exchange?) in
      // No conversation is begun that nothing is left for.
      if let wallet = self.wallets.first(where: \.isSpent) {
        self.change {
          $0.refusal = $0.refusal ?? wallet.spentWords
        }
      }
      if let refusal = self.spent.refusal { return (.void(refusal), nil) }
      if Task.isCancelled { return (.failed("stopped"), nil) }
      var exchange = Exchange(
        purpose: purpose, title: title, model: self.asJudge(judge), system: ask.system, prompt: ask.user,
        schema: OutputSchema(name: ask.schemaName, schema: ask.schema, bounded: ask.boundedSchema),
        created: self.engine.clock.date())
      (exchange.wallets, exchange.allowsUnpriced) = (self.wallets, self.allowsUnpriced)
      let reply = await self.converse(&exchange, ask, parse)
      return (reply, exchange)
    }
    let cost = result.exchange?.cost
    change { tally in
      tally.done += 1
      tally.cost = tally.cost + (cost?.amount ?? .zero)
      tally.hasUnknownCost = tally.hasUnknownCost || cost?.hasUnknown == true
    }
    return result
  }

  private func converse<Value>(
    _ exchange: inout Exchange, _ ask: JudgeAsk, _ parse: (String) throws(VerdictFault) -> Value
  ) async -> JudgeReply<Value> {
    var repairs = 1
    while true {
      let response = await engine.ask(&exchange)
      if let refusal = response.purseRefusal { change { $0.refusal = $0.refusal ?? refusal } }
      if let end: JudgeReply<Value> = Self.end(response) { return end }
      do throws(VerdictFault) {
        return .value(try parse(response.text))
      } catch {
        if error.kind == .incoherent { return .incoherent(error.message) }
        guard repairs > 0, !Task.isCancelled else { return .unparsed(error.message) }
        repairs -= 1
        exchange.goOn(JudgePrompt.repair(ask, complaint: error.message))
      }
    }
  }

  /// Nil when there is a reply to be read.
  private static func end<Value>(_ response: Response) -> JudgeReply<Value>? {
    if let refusal = response.purseRefusal { return .void(refusal) }
    return switch response.state {
    case .refused: .refused("the judge refused to answer")
    case .done, .truncated: nil
    case .failed where response.error?.kind == .contextLength:
      .void("the task and both answers do not fit into the judge's context")
    default: .failed(response.error?.message ?? "the call was \(response.state.rawValue)")
    }
  }

  /// The judge as it is asked: as steady as it can be, with room for its reasons.
  private func asJudge(_ lane: Lane) -> Lane {
    var lane = lane
    if lane.parameters.temperature == nil, lane.parameters.effort == nil { lane.parameters.temperature = 0 }
    if lane.parameters.seed == nil { lane.parameters.seed = 1 }
    if lane.parameters.maxTokens == nil, engine.service(lane.model.provider)?.isLocal == true {
      lane.parameters.maxTokens = 1024
    }
    return lane
  }

  private func change(_ body: (inout Tally) -> Void) {
    let now = tally.withLock { tally in
      body(&tally)
      return tally
    }
    progress(now)
  }
}
