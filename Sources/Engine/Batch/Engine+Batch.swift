import Core
import Judging
import Store

extension Engine {
  /// Runs what is not done yet. A cancelled task stops the calls under way and keeps what came.
  /// - Throws: `StoreError` when the database cannot be read, or `BatchElsewhere`.
  public func run(
    _ request: BatchRequest, observe: @escaping @Sendable (BatchEvent) -> Void
  ) async throws -> BatchResult {
    let known = request.startsOver ? nil : try store.session(titled: request.title, purpose: .batch)
    let session: Session
    if let known {
      session = known
    } else {
      var new = Session(
        id: Session.newID(), created: clock.date(), title: request.title, rule: .all, lanes: request.lanes,
        turns: [])
      new.purpose = .batch
      session = new
    }
    // Two that ask the same would both pay for it.
    guard try store.claim(session, plan: request.plan) else { throw BatchElsewhere(session: session.id) }
    defer { store.release(session.id) }
    let judged = known == nil ? [] : try store.judgements(session: session.id)
    return await BatchRun(request, session, judged, engine: self, observe: observe).run()
  }

  /// The stored batch of this request; nil when there is none.
  public func session(of request: BatchRequest) throws(StoreError) -> Session? {
    try store.session(titled: request.title, purpose: .batch)
  }

  /// The newest stored run of the same prompts over the same lanes, as it was; nil when there is none. Its
  /// answers are held to the items' checks again.
  public func lastRun(of request: BatchRequest) async throws(StoreError) -> BatchResult? {
    guard let session = try store.session(titled: request.title, purpose: .batch), !session.turns.isEmpty else {
      return nil
    }
    return try await stored(session, request.items)
  }

  /// A batch as it stands in the database.
  /// - Parameter items: with the checks that its answers are held to; those that run commands are not run where
  ///   `runsCommands` is false.
  public func stored(
    _ session: Session, _ items: [BatchItem], runsCommands: Bool = true
  ) async throws(StoreError) -> BatchResult {
    let checks = Dictionary(items.map { ($0.id, $0.check) }, uniquingKeysWith: { first, _ in first })
    var found: [Int: [Int: Bool]] = [:]
    for turn in session.turns {
      guard let check = turn.item.flatMap({ checks[$0] }) ?? nil else { continue }
      if case .exec = check, !runsCommands { continue }
      for (lane, response) in turn.responses where response.state.isFinish {
        found[turn.number, default: [:]][lane] = await passes(check, response.text)
      }
    }
    let judgements = try store.judgements(session: session.id)
    var progress = BatchProgress(of: session, judgements, total: 0)
    for turn in session.turns {
      progress.total += session.lanes.count
      progress.done += turn.responses.values.count(where: \.state.isSettled)
    }
    return BatchResult(session: session, items: items, judgements: judgements, checks: found, progress: progress)
  }

  /// One lane's answer to a turn that is stored already.
  /// - Parameter entry: the lane, with what it is asked.
  func answer(
    _ session: Session, _ turn: Turn, _ entry: RaceRequest.Entry, generation: Int, timeout: Int64?, wallets: [Wallet],
    allowsUnpriced: Bool
  ) async -> Response {
    var request = RaceRequest(session: session, isNewSession: false, turn: turn, lanes: [])
    request.timeout = timeout
    (request.wallets, request.allowsUnpriced, request.waitsForMoney) = (wallets, allowsUnpriced, true)
    return await response(of: entry.lane, number: entry.number) { [request] observe in
      let race = self.resume(request, observe: observe)
      race.run([entry], generations: [entry.number: generation], startsOver: false)
      return race
    }
  }

  func passes(_ check: ValidityCheck, _ answer: String) async -> Bool {
    await withCheckedContinuation { continuation in
      ValidityChecker.run(check, on: answer) { continuation.resume(returning: $0) }
    }
  }

  /// What is still to be asked of a batch, and what its answers will probably cost and may at the most; verdicts come on top.
  /// - Parameter session: as far as it has come.
  public func outlook(of request: BatchRequest, after session: Session?) -> BatchOutlook {
    readMeasures(of: request.lanes.map(\.model))
    var settled: [String: [Int: Int]] = [:]
    for turn in session?.turns ?? [] {
      guard let item = turn.item else { continue }
      for response in turn.responses.values where response.state.isSettled {
        settled[item, default: [:]][response.lane, default: 0] += 1
      }
    }
    var outlook = BatchOutlook()
    for (number, variant) in request.variants.enumerated() {
      for item in request.items {
        let missing = max(0, request.runs - (settled[item.id]?[number] ?? 0))
        guard missing > 0 else { continue }
        let prompt = request.prompt(of: item, number) ?? item.prompt
        let system = variant.lane.system ?? item.system ?? ""
        let exposure = exposure(of: variant.lane, inputBytes: prompt.utf8.count + system.utf8.count)
        outlook.answers += missing
        outlook.probable = outlook.probable + exposure.probable * missing
        outlook.most = outlook.most + exposure.most * missing
        outlook.hasUnknown = outlook.hasUnknown || exposure.isUnpriced
      }
    }
    var judged: Set<JudgedPair> = []
    for judgement in session.map({ (try? store.judgements(session: $0.id)) ?? [] }) ?? []
    where judgement.outcome.isDecided || judgement.outcome.isMechanical || judgement.hasUnreadableReply {
      judged.insert(JudgedPair(a: judgement.a, b: judgement.b, judge: judgement.judge))
    }
    let there = judged.count { pair in request.judges.contains { $0.text == pair.judge } }
    outlook.verdicts = max(0, request.size.verdicts - there)
    return outlook
  }
}

private struct JudgedPair: Hashable {
  let a: ResponseKey
  let b: ResponseKey
  let judge: String
}

/// Another Furlong is asking this batch.
public struct BatchElsewhere: Error, Equatable, Sendable, CustomStringConvertible {
  public let session: String

  public init(session: String) { self.session = session }

  public var description: String {
    "another Furlong is asking this (session \(session)): wait until it has ended, or stop it there"
  }
}

/// What is to be asked of a batch, and what that may cost.
public struct BatchOutlook: Equatable, Sendable {
  public var answers = 0
  /// Verdicts on pairs.
  public var verdicts = 0
  public var probable = Money.zero
  public var most = Money.zero
  /// Some price nobody knows.
  public var hasUnknown = false

  public init() {}
}
