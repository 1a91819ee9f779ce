import Core
import Providers
import Store
import Synchronization

/// A conversation with one model that is not a race: a judge's call, and the repair that may follow it. Stored as a session of
/// its own purpose, so that the bill knows it.
public struct Exchange: Sendable {
  public private(set) var session: Session
  var schema: OutputSchema?
  /// Nanoseconds for each answer.
  public var timeout: Int64?
  /// What it is paid from.
  var wallets: [Wallet] = []
  var allowsUnpriced = false
  private var isStored = false

  /// - Parameter created: now, in seconds since 1970.
  public init(
    purpose: Purpose, title: String, model: Lane, system: String, prompt: String, schema: OutputSchema? = nil,
    created: Int64
  ) {
    session = Session(
      id: Session.newID(), created: created, title: title, rule: .all, lanes: [model],
      turns: [Turn(number: 1, prompt: prompt, system: system, rule: .all)])
    session.purpose = purpose
    self.schema = schema
  }

  var request: RaceRequest? {
    guard let turn = session.turns.last else { return nil }
    var request = RaceRequest(session: session, isNewSession: !isStored, turn: turn)
    request.schema = schema
    (request.wallets, request.allowsUnpriced, request.waitsForMoney) = (wallets, allowsUnpriced, true)
    request.timeout = timeout
    return request
  }

  /// The answer to the last prompt is in.
  mutating func take(_ response: Response) {
    isStored = true
    guard let last = session.turns.indices.last else { return }
    session.turns[last].responses[0] = response
  }

  /// Asks on in the same conversation.
  mutating func goOn(_ prompt: String) {
    let system = session.turns.last?.system
    session.turns.append(Turn(number: session.turns.count + 1, prompt: prompt, system: system, rule: .all))
  }

  /// The model that the provider said had answered last.
  var modelReported: String? { session.turns.last?.responses[0]?.modelReported }

  /// What all answers cost; the flag tells that one of them has no known price.
  public var cost: (amount: Money, hasUnknown: Bool) {
    let costs = session.turns.compactMap { $0.responses[0]?.cost }
    return (costs.compactMap(\.amount).reduce(.zero, +), costs.contains { $0.status == .unknown })
  }
}

extension Engine {
  /// Asks the exchange's model its last prompt and waits for the whole answer. A cancelled task stops the model.
  public func ask(_ exchange: inout Exchange) async -> Response {
    guard let request = exchange.request, let lane = request.lanes.first?.lane else { preconditionFailure("no prompt") }
    let response = await response(of: lane, number: 0) { self.start(request, observe: $0) }
    exchange.take(response)
    return response
  }

  /// Waits for the one lane of a race. A cancelled task stops it, and what came is returned.
  func response(
    of lane: Lane, number: Int, start: @Sendable (@escaping @Sendable (RaceEvent) -> Void) -> Race
  ) async -> Response {
    let hold = Hold<Race>()
    let initial = Response(lane: number, model: lane.model, parameters: lane.parameters)
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let latest = Mutex(initial)
        let race = start { event in
          switch event {
          case .lane(_, .ended(let response)): latest.withLock { $0 = response }
          case .ended: continuation.resume(returning: latest.withLock(\.self))
          default: break
          }
        }
        hold.put(race) { $0.stopAll() }
      }
    } onCancel: {
      hold.cancel { $0.stopAll() }
    }
  }
}

extension Engine {
  /// More lanes of a turn that is stored already: waits for all of them. In the order of their lanes.
  public func answers(to request: RaceRequest) async -> [Response] {
    await withCheckedContinuation { continuation in
      let found = Mutex<[Int: Response]>([:])
      // Nobody else holds the race: its transfers only know it weakly.
      let hold = Hold<Race>()
      let race = resume(request) { event in
        switch event {
        case .lane(let lane, .ended(let response)): found.withLock { $0[lane] = response }
        case .ended:
          hold.release()
          continuation.resume(returning: found.withLock { $0.sorted { $0.key < $1.key }.map(\.value) })
        default: break
        }
      }
      hold.put(race) { _ in }
      race.run(request.lanes, generations: [:], startsOver: false)
    }
  }
}

/// Something that may be cancelled before it is there.
final class Hold<Held: Sendable>: Sendable {
  private let state = Mutex<(held: Held?, isCancelled: Bool)>((nil, false))

  func put(_ held: Held, onCancelled: (Held) -> Void) {
    let isCancelled = state.withLock { state in
      state.held = held
      return state.isCancelled
    }
    if isCancelled { onCancelled(held) }
  }

  func release() { state.withLock { $0.held = nil } }

  func cancel(_ stop: (Held) -> Void) {
    let held = state.withLock { state in
      state.isCancelled = true
      return state.held
    }
    if let held { stop(held) }
  }
}
