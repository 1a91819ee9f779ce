import ArgumentParser
import Core
import Engine
import Foundation
import Store
import Workbench

struct AbCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ab", abstract: "Two answers without their names: you vote, or a judge does, then they are revealed.",
    discussion: """
      On a terminal you are asked for your vote. Without one the pair stays blind unless a judge decides it:
      furlong ab --vote CHOICE --session ID votes later, --check ID proves that nothing was moved meanwhile.
      """)

  @Argument(help: "The prompt; - reads it from standard input.")
  var prompt: String?

  @OptionGroup var lanes: LaneOptions
  @OptionGroup var judge: JudgeOptions

  @Option(help: "The system prompt.")
  var system: String?

  @Option(name: .customLong("file"), help: ArgumentHelp("An image or text file to send along.", valueName: "file"))
  var files: [String] = []

  @Option(
    name: .customLong("tag"),
    help: ArgumentHelp(
      "What the prompt is about, for a leaderboard of its own; several may be given.", valueName: "tag"),
    completion: Completions.tags)
  var tags: [String] = []

  @Option(
    help: ArgumentHelp(
      "Vote on a pair that is still blind: left, right, tie or both_bad; one for each pair, with commas.",
      valueName: "choice"))
  var vote: String?

  @Option(help: ArgumentHelp("The session to vote on.", valueName: "id"), completion: Completions.sessions)
  var session: String?

  @Option(help: ArgumentHelp("Compare an assignment with the hash stored before its answers showed.", valueName: "id"))
  var check: String?

  @OptionGroup var spending: SpendingOptions

  @Flag(help: "Print one JSON document.")
  var json = false

  @OptionGroup var database: DatabaseOptions

  func validate() throws {
    if [prompt, vote, check].compactMap(\.self).count != 1 {
      throw ValidationError("one of a prompt, --vote with --session, or --check is needed")
    }
    if vote != nil, session == nil { throw ValidationError("--vote needs --session ID") }
    if let vote, Self.choices(vote) == nil {
      throw ValidationError("--vote takes left, right, tie or both_bad, one for each pair, with commas")
    }
  }

  private static func choices(_ text: String) -> [Vote.Choice]? {
    let choices = text.split(separator: ",").map {
      Vote.Choice(rawValue: String($0).lowercased().replacing("-", with: "_"))
    }
    return choices.isEmpty || choices.contains(nil) ? nil : choices.compactMap(\.self)
  }

  func run() throws {
    let setup = try Setup(database: database.database)
    let store = try setup.openStore()
    if let check { return try Self.check(check, store, json: json) }
    let engine = setup.makeEngine(store: store)
    var trial: BlindTrial
    if let vote, let session {
      trial = try BlindTrial(stored: session, store)
      try trial.cast(Self.choices(vote) ?? [])
      // Votes of a reading that was broken off do not count beside these.
      do throws(StoreError) {
        for vote in try store.votes(session: trial.session.id) where vote.assignment == trial.assignment.id {
          store.append(.undoneVote(id: vote.id))
        }
      } catch { throw CommandError(error.message) }
      for vote in trial.votes { store.append(.vote(vote)) }
      return try finish(&trial, setup, engine)
    }
    let judges = try judge.lanes(setup, engine, isRequired: false)
    trial = try race(setup, engine)
    guard !trial.rounds.isEmpty else {
      store.append(.revealed(assignment: trial.assignment.id))
      try store.close()
      for response in trial.responses where response.error != nil {
        Console.error("\(response.model.text): \(response.error?.message ?? "")")
      }
      // Nothing is left to hide.
      if json { Console.output(trial.document.serialized(indented: true)) }
      Console.error("furlong: no two answers to compare")
      throw ExitCode(1)
    }
    let asksPerson = Console.inputIsTerminal && Console.outputIsTerminal && !json
    if asksPerson, !trial.ask(engine) { Console.output("Revealed without a vote.") }
    if !asksPerson, judges.isEmpty {
      try store.close()
      Console.output(json ? trial.blindDocument.serialized(indented: true) : trial.blindText)
      Console.error("blind: furlong ab --vote left|right|tie|both_bad --session \(trial.session.id)")
      return
    }
    try finish(&trial, setup, engine, judges: judges)
  }

  /// Both answer out of sight; the assignment is stored before either is asked.
  private func race(_ setup: Setup, _ engine: Engine) throws -> BlindTrial {
    let text = try prompt == "-" ? RaceCommand.readStandardInput() : prompt ?? ""
    if text.allSatisfy(\.isWhitespace) { throw CommandError("the prompt is empty") }
    let lanes = try setup.lanes(self.lanes, engine)
    guard lanes.count > 1 else { throw CommandError("a pair needs two lanes: name them with -m A -m B") }
    let session = Session(
      id: Session.newID(), created: Clock.system.date(), title: sessionTitle(text), rule: .all, lanes: lanes, turns: [])
    var turn = Turn(
      number: 1, prompt: text, system: system, attachments: try files.map(RaceCommand.attachment), rule: .all)
    var random = SystemRandomNumberGenerator()
    let assignment = BlindAssignment.draw(
      session: session.id, turn: 1, lanes: lanes.enumerated().map { ($0, $1.text) }, using: &random)
    turn.blind = assignment
    turn.tags = tags
    var request = RaceRequest(session: session, isNewSession: true, turn: turn)
    let wallet = engine.purse.turnWallet(spending.maxCost)
    request.wallets = [wallet]
    request.allowsUnpriced = spending.allowUnpriced
    let race = HeadlessRace(request: request, engine: engine, isBlind: true)
    let outcome = race.run()
    turn.responses = outcome.responses
    var trial = BlindTrial(session: session, turn: turn, assignment: assignment)
    trial.wallet = wallet
    if let signal = outcome.interruption {
      // Nobody can vote on what has no two answers: it would stay blind for ever.
      if trial.rounds.isEmpty { engine.store.append(.revealed(assignment: assignment.id)) }
      try engine.store.close()
      throw ExitCode(128 + signal)
    }
    return trial
  }

  /// Judges, reveals and prints.
  private func finish(
    _ trial: inout BlindTrial, _ setup: Setup, _ engine: Engine, judges: [Lane] = []
  ) throws {
    var interruption: Int32?
    var missing = 0
    if !judges.isEmpty {
      var request = JudgeRequest(session: trial.session, turn: trial.turn, judges: judges)
      request.brief = judge.brief
      request.countsFamily = judge.countFamily
      request.wallets = [trial.wallet ?? engine.purse.turnWallet(spending.maxCost)]
      request.allowsUnpriced = spending.allowUnpriced
      let result = JudgeText.run(request, engine: engine)
      trial.judgements = result.judgements
      trial.tables = JudgeText.tables(result.judgements, engine.store)
      interruption = result.interruption
      missing =
        request.allPairs.count * judges.count - result.judgements.count { $0.outcome.isDecided }
    }
    engine.store.append(.revealed(assignment: trial.assignment.id))
    do throws(StoreError) { try engine.store.close() } catch { throw CommandError(error.message) }
    let kept = try engine.store.assignment(trial.assignment.id)
    trial.isVerified = kept?.sha256 == trial.assignment.sha256
    if json { Console.output(trial.document.serialized(indented: true)) } else { trial.printRevealed() }
    if let interruption { throw ExitCode(128 + interruption) }
    if missing > 0 { throw ExitCode(1) }
  }

  private static func check(_ id: String, _ store: Store, json: Bool) throws {
    let found: (assignment: BlindAssignment, sha256: String, isRevealed: Bool)?
    do throws(StoreError) { found = try store.assignment(id) } catch { throw CommandError(error.message) }
    guard let found else { throw CommandError("no assignment ‘\(id)’ is stored") }
    guard found.isRevealed else {
      throw CommandError("assignment \(id) is not revealed yet; its hash is \(found.sha256)")
    }
    let isSame = found.assignment.sha256 == found.sha256
    if json {
      let document: JSON = [
        "assignment": .string(id), "sha256": .string(found.sha256), "text": .string(found.assignment.text),
        "verified": .bool(isSame),
      ]
      Console.output(document.serialized(indented: true))
    } else {
      Console.output(found.assignment.text)
      Console.output("SHA-256 \(found.assignment.sha256)")
      Console.output(isSame ? "the same as stored before the answers showed" : "stored before: \(found.sha256)")
    }
    if !isSame { throw ExitCode(1) }
  }
}
