import Core
import Judging
import Store
import Synchronization

/// One line of a data set.
public struct BatchItem: Equatable, Sendable {
  public var id: String
  public var prompt: String
  public var system: String?
  public var tags: [String]
  /// The right answer, which judges are told.
  public var reference: String?
  public var check: ValidityCheck?

  public init(
    id: String, prompt: String, system: String? = nil, tags: [String] = [], reference: String? = nil,
    check: ValidityCheck? = nil
  ) {
    self.id = id
    self.prompt = prompt
    self.system = system
    self.tags = tags
    self.reference = reference
    self.check = check
  }
}

/// A data set over all lanes. The same file over the same lanes is the same batch: what is answered and judged stays so.
public struct BatchRequest: Sendable {
  public var name: String
  public var items: [BatchItem]
  public var lanes: [Lane]
  public var judges: [Lane] = []
  /// What the batch, with its earlier runs, may cost.
  public var budget: Money?
  public var allowsUnpriced = false
  /// Calls at once to one provider; nil for two on this machine and six elsewhere.
  public var concurrency: Int?
  /// Nanoseconds for each answer.
  public var timeout: Int64?
  /// Begins anew although the same batch is stored.
  public var startsOver = false
  public var countsFamily = false
  /// Criteria of the person's own, for every item.
  public var brief: Brief?

  public init(name: String, items: [BatchItem], lanes: [Lane]) {
    self.name = name
    self.items = items
    self.lanes = lanes
  }

  /// Of a session's title, by which it is found again.
  var mark: String {
    let items = items.map { item -> JSON in
      [.string(item.id), .string(item.prompt), .optional(item.system)]
    }
    let document: JSON = [.array(items), .array(lanes.map { .string($0.text) })]
    return String(SHA256.hexadecimal(document.serialized().utf8).prefix(16))
  }

  var title: String { "\(name) · \(mark)" }
}

/// How far a batch is.
public struct BatchProgress: Equatable, Sendable {
  /// Answers and verdicts, those of earlier runs included.
  public var done = 0
  public var total = 0
  /// Done by this run.
  public var fresh = 0
  public var cost = Money.zero
  public var hasUnknownCost = false
  /// Why no call is begun any more; nil as long as there is money.
  public var shortage: String?

  public init() {}
}

/// What came of a batch.
public struct BatchResult: Sendable {
  public var session: Session
  public var items: [BatchItem]
  public var judgements: [Judgement]
  /// Whether answers passed their item's check, by turn and lane.
  public var checks: [Int: [Int: Bool]]
  public var progress: BatchProgress
}

extension Engine {
  /// Runs what is not done yet. A cancelled task stops the calls under way and keeps what came.
  /// - Throws: `StoreError` when the database cannot be read.
  public func run(
    _ request: BatchRequest, observe: @escaping @Sendable (BatchProgress) -> Void
  ) async throws(StoreError) -> BatchResult {
    let known = request.startsOver ? nil : try store.session(titled: request.title, purpose: .batch)
    let session: Session
    if let known {
      session = known
    } else {
      var new = Session(
        id: Session.newID(), created: clock.date(), title: request.title, rule: .all, lanes: request.lanes,
        turns: [])
      new.purpose = .batch
      store.append(.session(new))
      session = new
    }
    let judged = known == nil ? [] : try store.judgements(session: session.id)
    return await BatchRun(request, session, judged, engine: self, observe: observe).run()
  }

  /// The newest stored run of the same prompts over the same lanes, as it was; nil when there is none. Its
  /// answers are held to the items' checks again.
  public func lastRun(of request: BatchRequest) async throws(StoreError) -> BatchResult? {
    guard let session = try store.session(titled: request.title, purpose: .batch), !session.turns.isEmpty else {
      return nil
    }
    var checks: [Int: [Int: Bool]] = [:]
    for turn in session.turns {
      guard let check = request.items.first(where: { $0.id == turn.item })?.check else { continue }
      for (lane, response) in turn.responses where response.state.isFinish {
        checks[turn.number, default: [:]][lane] = await passes(check, response.text)
      }
    }
    return BatchResult(
      session: session, items: request.items, judgements: try store.judgements(session: session.id), checks: checks,
      progress: BatchProgress())
  }

  /// One lane's answer to a turn that is stored already.
  func answer(
    _ session: Session, _ turn: Turn, lane: Int, generation: Int, timeout: Int64?, wallets: [Wallet],
    allowsUnpriced: Bool
  ) async -> Response {
    var request = RaceRequest(session: session, isNewSession: false, turn: turn, lanes: [])
    request.timeout = timeout
    (request.wallets, request.allowsUnpriced, request.waitsForMoney) = (wallets, allowsUnpriced, true)
    let entry = RaceRequest.entry(number: lane, session: session, turn: turn)
    return await response(of: entry.lane, number: lane) { [request] observe in
      let race = self.resume(request, observe: observe)
      race.run([entry], generations: [lane: generation], startsOver: false)
      return race
    }
  }

  func passes(_ check: ValidityCheck, _ answer: String) async -> Bool {
    await withCheckedContinuation { continuation in
      ValidityChecker.run(check, on: answer) { continuation.resume(returning: $0) }
    }
  }
}
