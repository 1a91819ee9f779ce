import Core
import Store

/// What another rule, or a hedge, would have made of a stored turn: by the timings that were measured, nothing is asked again.
/// What a stopped lane would still have done nobody knows; where that matters it is said.
public struct WhatIf: Equatable, Sendable {
  public struct Lane: Equatable, Sendable {
    public var lane: Int
    /// Nanoseconds after the gun; nil: never sent.
    public var sent: Int64?
    /// When it would have been stopped; nil: it ran to its end, or was never sent.
    public var stopped: Int64?
    /// Nil: no price is known.
    public var cost: Money?
  }

  public var rule: RaceRule
  public var hedge: Int64?
  public var winner: Int?
  /// Nanoseconds after the gun until the winner's first visible answer, and its end; nil: it was stopped before.
  public var firstAnswer: Int64?
  public var end: Int64?
  public var lanes: [Lane] = []
  /// Of all lanes whose cost is known.
  public var cost: Money { lanes.compactMap(\.cost).reduce(.zero, +) }
  public var hasUnknownCost: Bool { lanes.contains { $0.cost == nil } }
  /// A lane that was really stopped could have changed this outcome.
  public var isCertain = true

  /// - Parameters:
  ///   - rule: `all`, `first-token` or `first-finish`; the others need answers to be read.
  ///   - hedge: lane n+1 only when nothing has come n times this long after the gun, in nanoseconds.
  public init(_ replay: Replay, rule: RaceRule, hedge: Int64?) {
    (self.rule, self.hedge) = (rule, hedge)
    let responses = replay.turn.raced.sorted { $0.lane < $1.lane }
    var sent: [Int: Int64] = [:]
    var firstToken = Int64.max
    for (place, response) in responses.enumerated() {
      let start = Int64(place) * (hedge ?? 0)
      // Held back when a token has come before its turn.
      if hedge != nil, start >= firstToken, place > 0 { continue }
      sent[response.lane] = start
      if let token = response.timing.firstToken { firstToken = min(firstToken, start + token) }
    }
    func moment(_ response: Response, _ offset: Int64?) -> Int64? {
      guard let start = sent[response.lane], let offset else { return nil }
      return start + offset
    }
    let ends = responses.compactMap { response -> (lane: Int, at: Int64)? in
      guard response.state.isFinish else { return nil }
      return moment(response, response.timing.end).map { (response.lane, $0) }
    }
    let tokens = responses.compactMap { response in
      moment(response, response.timing.firstToken).map { (lane: response.lane, at: $0) }
    }
    let best = (rule == .firstToken ? tokens : ends).min { ($0.at, $0.lane) < ($1.at, $1.lane) }
    winner = best?.lane
    let stop = rule == .all ? nil : best?.at
    if let found = responses.first(where: { $0.lane == best?.lane }) {
      firstAnswer = moment(found, found.timing.firstAnswer)
      end = found.state.isFinish ? moment(found, found.timing.end) : nil
    }
    for response in responses {
      let start = sent[response.lane]
      var lane = Lane(lane: response.lane, sent: start, stopped: nil, cost: start == nil ? .zero : nil)
      if let start {
        let last = start + (response.timing.end ?? 0)
        if response.lane != winner, let stop, stop < last || !response.state.isFinish { lane.stopped = stop }
        lane.cost = WhatIf.cost(of: response, replay, until: lane.stopped.map { $0 - start })
        if response.state == .stopped {
          // It is known up to where it was stopped; beyond that it might have finished.
          let known = start + (replay.stopped(response) ?? response.timing.end ?? 0)
          if rule == .all || (stop ?? .max) > known { isCertain = false }
        }
      }
      lanes.append(lane)
    }
  }

  /// All of it, or its input and the part of its output that had come by then.
  private static func cost(of response: Response, _ replay: Replay, until moment: Int64?) -> Money? {
    if response.cost.status == .free { return .zero }
    // It was really stopped no later: what it was billed is known.
    let isWhole = moment.map { at in replay.stopped(response).map { at >= $0 } ?? false } ?? true
    guard let moment, !isWhole else { return response.cost.status == .unknown ? nil : response.cost.amount }
    var usage = response.usage
    let bytes = response.text.utf8.count + response.reasoning.utf8.count
    var come = 0
    for event in replay.events {
      if case .lane(response.lane, .text(_, let text, let offset)) = event.event, offset <= moment {
        come += text.utf8.count
      }
    }
    usage.output = bytes == 0 ? 0 : usage.output * come / bytes
    usage.reasoning = min(usage.reasoning, usage.output)
    return response.cost.price?.cost(of: usage)
  }
}

extension Replay {
  /// How long after it was sent a lane was stopped.
  fileprivate func stopped(_ response: Response) -> Int64? {
    events.last { event in
      if case .lane(response.lane, .ended) = event.event { return true }
      return false
    }.map { $0.at - response.timing.sentAfter }
  }
}
