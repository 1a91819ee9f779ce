import Core
import Engine

extension BatchProgress {
  /// `████░░ 12 of 40 · 3.1/s · $0.02 · 9s left`.
  /// - Parameter seconds: since this run began.
  public func words(seconds: Double) -> String {
    let share = total == 0 ? 1 : Double(done) / Double(total)
    let filled = Int(saturating: share * 20)
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 20 - filled)
    var parts = ["\(bar) \(done) of \(total)"]
    let rate = seconds > 0 ? Double(fresh) / seconds : 0
    if rate > 0 { parts.append(rate >= 1 ? "\(Readable.rate(rate))/s" : "\(Readable.rate(rate * 60))/min") }
    parts.append(Readable.total(cost, hasUnknown: hasUnknownCost))
    let left = total - done
    if rate > 0, left > 0 { parts.append("\(Readable.duration(Int64(saturating: Double(left) / rate * 1e9))) left") }
    return parts.joined(separator: " · ")
  }
}
