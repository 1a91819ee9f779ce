import Core
import Dispatch
import Engine
import Synchronization

/// A data set that this process asks: takes what happens, and tells the screen a few times a second.
final class ExperimentRun: Sendable {
  private struct Kept {
    var table: BatchTable?
    var session = ""
    var title = ""
    var progress = BatchProgress()
    var isRunning = true
    var isTelling = false
    var trouble: String?
  }

  /// Milliseconds between two tellings.
  private static let interval = 100
  private let kept = Mutex(Kept())
  private let task = Mutex<Task<Void, Never>?>(nil)
  private let queue = DispatchQueue(label: "furlong.experiment")
  private let request: BatchRequest
  private let engine: Engine
  private let started: Int64
  /// A snapshot, or a fault where it could not be begun.
  private let tell: @Sendable (any Sendable) -> Void

  init(_ request: BatchRequest, _ engine: Engine, tell: @escaping @Sendable (any Sendable) -> Void) {
    (self.request, self.engine, self.tell) = (request, engine, tell)
    started = engine.clock.now()
  }

  /// The session, once it is known.
  var session: String { kept.withLock(\.session) }
  var isRunning: Bool { kept.withLock(\.isRunning) }

  func start() {
    let work = Task.detached { [self] in
      do {
        let result = try await engine.run(request) { self.take($0) }
        kept.withLock { $0.trouble = result.progress.shortage }
      } catch {
        kept.withLock { $0.trouble = (error as? StoreFault)?.message ?? "\(error)" }
      }
      kept.withLock { $0.isRunning = false }
      tellNow()
    }
    task.withLock { $0 = work }
  }

  func stop() { task.withLock { $0?.cancel() } }

  private func take(_ event: BatchEvent) {
    let mustTell = kept.withLock { kept in
      switch event {
      case .began(let result):
        (kept.session, kept.title, kept.progress) = (result.session.id, result.session.title, result.progress)
        kept.table = BatchTable(result, lanes: request.lanes, judges: request.judges)
      case .progress(let progress): kept.progress = progress
      default: kept.table?.apply(event)
      }
      defer { kept.isTelling = true }
      return !kept.isTelling
    }
    if mustTell { queue.asyncAfter(deadline: .now() + .milliseconds(Self.interval)) { self.tellNow() } }
  }

  /// How it stands at this moment.
  func tellNow() {
    let kept = kept.withLock { kept in
      kept.isTelling = false
      return kept
    }
    guard let table = kept.table else {
      if let trouble = kept.trouble { tell(ExperimentFault(trouble)) }
      return
    }
    var snapshot = ExperimentSnapshot(
      session: kept.session, title: kept.title, table: Reading(table), sums: BatchSums(table), progress: kept.progress,
      isRunning: kept.isRunning)
    snapshot.seconds = Double(engine.clock.now() - started) / 1e9
    snapshot.trouble = kept.trouble
    tell(snapshot)
  }
}

/// Experiments: data sets over variants, run by the engine of `furlong batch`.
extension Conductor {
  /// Asks what is not done yet.
  func runExperiment(_ request: BatchRequest) {
    let inbox = inbox
    let run = ExperimentRun(request, engine) { inbox.post(.answer($0)) }
    experiments.removeAll { !$0.isRunning }
    experiments.append(run)
    run.start()
  }

  /// Tells how an experiment stands, whoever asks it.
  func readExperiment(_ id: String) {
    if let run = experiments.last(where: { $0.session == id && $0.isRunning }) { return run.tellNow() }
    let (engine, inbox) = (engine, inbox)
    Task.detached {
      do {
        let session = try engine.store.session(id)
        let plan = try engine.store.plan(of: session.id).flatMap(BatchRequest.init(plan:))
        let result = try await engine.stored(session, plan?.items ?? Self.items(session), runsCommands: false)
        // Lanes that were added since are none of its variants.
        let lanes = plan?.lanes ?? session.lanes.filter { !$0.isFusion }
        let table = BatchTable(result, lanes: lanes, judges: plan?.judges)
        var snapshot = ExperimentSnapshot(
          session: session.id, title: session.title, table: Reading(table), sums: BatchSums(table),
          progress: result.progress, isRunning: false)
        snapshot.isElsewhere = try engine.store.isAskedElsewhere(session.id)
        inbox.post(.answer(snapshot))
      } catch {
        inbox.post(.message((error as? StoreFault)?.message ?? "\(error)"))
      }
    }
  }

  /// Of a session whose plan nobody has kept.
  private nonisolated static func items(_ session: Session) -> [BatchItem] {
    session.turns.filter { ($0.run ?? 1) == 1 }.compactMap { turn in
      turn.item.map { BatchItem(id: $0, prompt: turn.prompt, tags: turn.tags) }
    }
  }

  /// What the rest of an experiment is, and what it may cost.
  func planExperiment(_ id: String) {
    load { engine in
      guard let request = try engine.store.plan(of: id).flatMap(BatchRequest.init(plan:)) else {
        return .message("what is to be asked is not stored here: furlong batch FILE goes on")
      }
      guard request.commands.isEmpty else {
        return .message("its checks run commands: furlong batch FILE --allow-exec goes on")
      }
      if try engine.store.isAskedElsewhere(id) { return .message("\(BatchElsewhere(session: id))") }
      let outlook = engine.outlook(of: request, after: try engine.store.session(id))
      guard outlook.answers + outlook.verdicts > 0 else { return .message("nothing is left to be asked") }
      return .answer(ExperimentPlan(session: id, request: request, outlook: outlook))
    }
  }

  /// What an experiment that is set up would be.
  func planExperiment(_ draft: ExperimentDraft) {
    let read = surroundings.experiment
    load { engine in
      do {
        let request = try read(draft)
        guard request.commands.isEmpty else {
          throw ExperimentFault("its checks run commands: furlong batch FILE --allow-exec --watch asks it")
        }
        return .answer(
          ExperimentPlan(
            session: nil, request: request, outlook: engine.outlook(of: request, after: try engine.session(of: request))
          ))
      } catch {
        return .answer(ExperimentFault("\(error)"))
      }
    }
  }

  func stopExperiment(_ id: String) {
    for run in experiments where run.session == id { run.stop() }
  }
}

/// What is to be asked, for leave to be given.
struct ExperimentPlan: Equatable, Sendable {
  /// Nil: it is begun with this.
  var session: String?
  var request: BatchRequest
  var outlook: BatchOutlook

  /// `80 answers: ~$0.40, at most $1.20, and 120 verdicts whose price is not in that; stops at $2.00`.
  var words: String {
    if outlook.answers + outlook.verdicts == 0 { return "all of it is stored: nothing is asked" }
    var words = Readable.count(outlook.answers, "answer")
    let more = outlook.hasUnknown ? " + ?" : ""
    if outlook.most == .zero {
      words += outlook.hasUnknown ? ": price unknown" : ": free"
    } else {
      words += ": ~\(outlook.probable.screenText)\(more), at most \(outlook.most.screenText)\(more)"
    }
    if outlook.verdicts > 0 {
      words += ", and \(Readable.count(outlook.verdicts, "verdict")) whose price is not in that"
    }
    if let budget = request.budget { words += "; stops at \(budget.screenText)" }
    return words
  }
}

/// Why an experiment that is set up cannot be asked: a sentence.
struct ExperimentFault: Error, Equatable, Sendable, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// An experiment as it is set up in the workbench: texts as they are typed.
public struct ExperimentDraft: Equatable, Sendable {
  public var file = ""
  public var lanes: [Lane]
  /// Templates and system prompts: texts or `@file` each.
  public var prompts: [String] = []
  public var systems: [String] = []
  public var runs = ""
  public var judges: [Lane] = []
  public var budget = ""
}
