import Core
import Store

extension Response {
  /// Why the purse gave no leave for it, or stopped it; nil where it did not. A provider whose account is empty has been asked.
  var purseRefusal: String? {
    guard let error, error.kind == .money, state == .stopped || attempts.isEmpty else { return nil }
    return error.message
  }
}

/// Why the purse gives no leave.
enum Refusal: Error, Equatable {
  case limit(HoldLimit, spent: Money, held: Money, least: Money, wanted: Money, key: GatewayKey?)
  case wallet(name: String, limit: Money, left: Money, least: Money, isPassing: Bool)
  case unpriced(ModelID, key: GatewayKey?)
  case unreckonable(String, GatewayKey)
  case unreadable(StoreError)
  /// Whoever waited for it was called off.
  case called

  static func wallet(_ wallet: Wallet, least: Money, isPassing: Bool) -> Refusal {
    .wallet(
      name: wallet.name, limit: wallet.limit ?? .zero, left: wallet.left ?? .zero, least: least, isPassing: isPassing)
  }

  /// Others hold what is missing, and may give it back.
  var isPassing: Bool {
    switch self {
    case .limit(_, _, let held, _, _, _): held > .zero
    case .wallet(_, _, _, _, let isPassing): isPassing
    case .unpriced, .unreckonable, .unreadable, .called: false
    }
  }

  /// `the budget of $0.020 (budget.per_day)`: the limit in the way, by the name under which a person can raise it.
  var limitWords: String {
    switch self {
    case .limit(let limit, _, _, _, _, let key): Self.words(limit, key)
    case .wallet(let name, let limit, _, _, _): "the budget of \(limit.screenText) (\(name))"
    case .unpriced, .unreckonable, .unreadable, .called: "the budget"
    }
  }

  private static func words(_ limit: HoldLimit, _ key: GatewayKey?) -> String {
    switch limit {
    case .since(_, let amount, let name): "the budget of \(amount.screenText) (\(name))"
    case .key(_, _, let amount): "the budget of \(key?.allowance?.text ?? amount.screenText) (key ‘\(key?.name ?? "")’)"
    }
  }

  /// As a lane tells it.
  var error: ResponseError {
    switch self {
    case .limit(let limit, let spent, let held, let least, let wanted, let key):
      return Self.error(limit, spent, held, least, wanted, key)
    case .wallet(_, _, let left, let least, let isPassing):
      let why =
        isPassing ? "requests that run may need what is left" : Self.why(left: left, least: least)
      return ResponseError(.money, "not sent: \(why) of \(limitWords)")
    case .unpriced(let model, let key):
      let whose =
        key.flatMap { key in key.allowance.map { "the key ‘\(key.name)’ may spend \($0.text)" } } ?? "there is a budget"
      return ResponseError(
        key == nil ? .money : .auth,
        "not sent: \(whose), but the price of \(model.text) is not known: set it under prices in the config, or allow "
          + "it (--allow-unpriced, or budget.allow_unpriced in the config)",
        status: key == nil ? nil : 403)
    case .unreckonable(let fault, let key):
      return ResponseError(
        .badRequest, "\(fault), and the key ‘\(key.name)’ has a budget: leave it out", status: 400)
    case .unreadable(let fault):
      return ResponseError(.money, "not sent, since the budget cannot be looked up: \(fault.message)", status: 503)
    case .called: return ResponseError(.cancelled, "stopped before it was sent")
    }
  }

  private static func why(left: Money, least: Money) -> String {
    left == .zero
      ? "nothing is left" : "reading the prompt alone costs \(least.screenText), and \(left.screenText) is left"
  }

  private static func error(
    _ limit: HoldLimit, _ spent: Money, _ held: Money, _ least: Money, _ wanted: Money, _ key: GatewayKey?
  ) -> ResponseError {
    let left = (limit.amount - spent).orZero
    if case .key(_, let days, _) = limit, let key, let allowance = key.allowance {
      let reset = isoTime(Int64(days.upperBound) * 86_400)
      if left == .zero {
        return ResponseError(.money, key.exhausted(allowance, spent: spent, days: days), status: 429)
      }
      if wanted > left {
        return ResponseError(
          .money,
          "the key ‘\(key.name)’ has spent \(spent.screenText) of its \(allowance.text), and this request may cost "
            + "\(wanted.screenText): ask for fewer tokens, or after \(reset)", status: 429)
      }
      return ResponseError(
        .rateLimit,
        "requests that are running may cost what is left of \(allowance.text) for the key ‘\(key.name)’: ask again in 1 s",
        status: 429, retryable: true, retryAfter: 1_000_000_000)
    }
    if held > .zero, left > .zero {
      return ResponseError(
        .rateLimit,
        "not sent: requests that run may cost what is left of \(words(limit, key))", status: 429,
        retryable: true, retryAfter: 1_000_000_000)
    }
    return ResponseError(
      .money,
      "not sent: \(why(left: left, least: least)) of \(words(limit, key)), \(spent.screenText) is spent: raise it in the "
        + "config, or wait until it begins anew", status: 429)
  }
}
