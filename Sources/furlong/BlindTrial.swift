import Core
import Engine
import Foundation
import Judging
import Store
import Workbench

/// A blind turn without a screen: what may be shown before the reveal, and what after it.
struct BlindTrial {
  let session: Session
  var turn: Turn
  let assignment: BlindAssignment
  var votes: [Vote] = []
  var judgements: [Judgement] = []
  /// The same with their criteria, by id.
  var tables: [String: VerdictTable] = [:]
  var isVerified = false
  /// What the answers were paid from: judges are too.
  var wallet: Wallet?

  init(session: Session, turn: Turn, assignment: BlindAssignment) {
    self.session = session
    self.turn = turn
    self.assignment = assignment
  }

  /// An answer without what it says of itself.
  func masked(_ text: String) -> String { Makers.mask(text, models: turn.responses.values.map(\.model)) }

  /// The latest turn of a stored session, which must be blind still.
  init(stored id: String, _ store: Store) throws(CommandError) {
    let session: Session
    do throws(StoreError) { session = try store.session(id) } catch { throw CommandError(error.message) }
    guard let turn = session.turns.last(where: { $0.blind != nil }), let assignment = turn.blind else {
      throw CommandError("session \(session.id) has no blind turn: it has been revealed, or was never blind")
    }
    self.init(session: session, turn: turn, assignment: assignment)
    guard rounds.isEmpty else { return }
    guard BlindReading(assignment).isHopeless(turn) else {
      throw CommandError("session \(session.id) has no two answers to vote on yet")
    }
    // Its program was killed: nobody can ever vote on it, so it need not stay blind.
    store.append(.revealed(assignment: assignment.id))
    do throws(StoreError) { try store.close() } catch { throw CommandError(error.message) }
    throw CommandError(
      "session \(session.id) has no two answers to vote on: furlong sessions show \(session.id) shows it")
  }

  var rounds: [BlindReading.Round] { BlindReading(assignment).rounds(turn) }
  var responses: [Response] { turn.responses.values.sorted { $0.lane < $1.lane } }

  // MARK: Voting

  mutating func cast(_ choices: [Vote.Choice]) throws(CommandError) {
    let rounds = rounds
    guard choices.count == rounds.count else {
      throw CommandError(
        "\(Readable.count(rounds.count, "pair")) to vote on, and \(Readable.count(choices.count, "choice")): one for each"
      )
    }
    votes = zip(rounds, choices).map { Self.vote($0, $1) }
  }

  private static func vote(_ round: BlindReading.Round, _ choice: Vote.Choice, time: Int64? = nil) -> Vote {
    Vote(
      id: Session.newID(), created: Clock.system.date(), assignment: round.assignment, left: round.left.key,
      right: round.right.key,
      choice: choice, repeats: round.repeats, time: time)
  }

  /// Asks on the terminal, pair by pair.
  /// - Returns: false when the person gave up the vote.
  mutating func ask(_ engine: Engine) -> Bool {
    let store = engine.store
    var rounds = rounds
    // One vote in twelve is on an old pair, with its sides exchanged.
    var random = SystemRandomNumberGenerator()
    if let pair = try? RepeatedPairs.next(engine, using: &random) {
      store.append(.blind(pair.assignment))
      rounds.append(pair.round)
    }
    var place = 0
    while true {
      if place == rounds.count {
        // Ctrl-C at a question ends the program at once: what it asks about, and the votes so far, are kept before.
        store.waitUntilWritten()
        Console.output("Enter reveals, u takes the last vote back:")
        guard readLine()?.trimmingCharacters(in: .whitespaces).lowercased() == "u", let last = votes.popLast() else {
          break
        }
        store.append(.undoneVote(id: last.id))
        place -= 1
      }
      Console.output(text(rounds[place], number: place + 1, of: rounds.count))
      let began = Clock.system.now()
      store.waitUntilWritten()
      guard let answer = Self.question(isFirst: place == 0) else { return false }
      switch answer {
      case .undo:
        if let last = votes.popLast() {
          store.append(.undoneVote(id: last.id))
          place -= 1
        }
      case .choice(let choice):
        let vote = Self.vote(rounds[place], choice, time: Clock.system.now() - began)
        votes.append(vote)
        store.append(.vote(vote))
        place += 1
      }
    }
    for vote in votes where vote.repeats != nil { store.append(.revealed(assignment: vote.assignment)) }
    return true
  }

  private enum Answer {
    case choice(Vote.Choice)
    case undo
  }

  /// Nil at the end of input, and for giving up.
  private static func question(isFirst: Bool) -> Answer? {
    while true {
      Console.output("1 left  2 right  3 tie  4 both bad\(isFirst ? "" : "  u undo")  q reveal without a vote:")
      guard let line = readLine() else { return nil }
      switch line.trimmingCharacters(in: .whitespaces).lowercased() {
      case "1", "l", "left": return .choice(.left)
      case "2", "r", "right": return .choice(.right)
      case "3", "t", "tie": return .choice(.tie)
      case "4", "b", "both bad", "both_bad": return .choice(.bothBad)
      case "u" where !isFirst: return .undo
      case "q": return nil
      default: continue
      }
    }
  }

  // MARK: Before the reveal

  var blindText: String {
    let rounds = rounds
    return rounds.enumerated().map { text($1, number: $0 + 1, of: rounds.count) }.joined(separator: "\n")
  }

  private func text(_ round: BlindReading.Round, number: Int, of count: Int) -> String {
    let title = count > 1 ? " (pair \(number) of \(count))" : ""
    let about =
      round.repeats == nil ? "" : "(another prompt: \(VisibleText.line(String(round.prompt.prefix(200)))))\n\n"
    return """
      \(about)## left\(title)

      \(VisibleText.of(masked(round.left.text)))

      ## right\(title)

      \(VisibleText.of(masked(round.right.text)))

      """
  }

  /// Nothing in it tells lanes apart: no names, no order, no times, no counts.
  var blindDocument: JSON {
    [
      "session": .string(session.id), "turn": .int(turn.number), "blind": true, "assignment": .string(assignment.id),
      "assignment_sha256": .string(assignment.sha256), "prompt_sha256": .string(turn.promptSHA256),
      "pairs": .array(
        rounds.map { round in
          [
            "left": ["text": .string(masked(round.left.text))],
            "right": ["text": .string(masked(round.right.text))],
          ]
        }),
    ]
  }

  // MARK: After it

  private var outcome: RaceOutcome {
    RaceOutcome(responses: turn.responses, winner: nil, judgements: judgements, votes: votes)
  }

  var document: JSON {
    let race = RaceDocument(session: session.id, turn: turn, outcome: outcome)
    var document = race.json
    document["marks"] = race.marks
    document["blind"] = false
    document["assignment"] = .string(assignment.id)
    document["assignment_sha256"] = .string(assignment.sha256)
    document["assignment_text"] = .string(assignment.text)
    document["verified"] = .bool(isVerified)
    document["masked_mentions"] = .array(responses.map { .int(Makers.mask($0.text).count) })
    document["votes"] = .array(
      votes.filter { $0.repeats == nil }.map { vote in
        [
          "left": .int(vote.left.lane), "right": .int(vote.right.lane), "choice": .string(vote.choice.rawValue),
          "winner": Self.winner(vote).map { .int($0) } ?? .null,
        ]
      })
    document["verdicts"] = .array(judgements.map { JudgeText.json($0, tables[$0.id]) })
    return document
  }

  private static func winner(_ vote: Vote) -> Int? {
    vote.choice == .left ? vote.left.lane : vote.choice == .right ? vote.right.lane : nil
  }

  func printRevealed() {
    if !Console.inputIsTerminal { Console.output(blindText) }
    for vote in votes where vote.repeats == nil {
      let names = [vote.left.lane, vote.right.lane].map { VisibleText.line(session.lanes[$0].text) }
      Console.output("left \(names[0])  right \(names[1])  your vote: \(vote.choice.words)")
    }
    if votes.isEmpty {
      for round in rounds {
        let names = [round.left.key.lane, round.right.key.lane].map { VisibleText.line(session.lanes[$0].text) }
        Console.output("left \(names[0])  right \(names[1])")
      }
    }
    RaceText.printTable(outcome, rule: .all, marks: outcome.marks(turn, session: session.id))
    JudgeText.output(judgements, session, tables)
    let masked = responses.map { Makers.mask($0.text).count }.reduce(0, +)
    if masked > 0 { Console.error("\(masked) mentions of models and makers were masked") }
    Console.error(
      isVerified
        ? "assignment \(assignment.id): the same as stored before the answers showed"
        : "assignment \(assignment.id): NOT what was stored before the answers showed")
    Console.error("session \(session.id)")
  }
}
