import Core
import Judging
import Terminal

/// The vote desk as lines: each answer is told without its name, a number votes.
extension PlainWorkbench {
  func vote(_ source: VoteSource) {
    carryOut(state.openVoteDesk(source))
    while state.voteDesk?.isLoading == true { wait(readsInput: false) }
    tellMessage()
    if let skipped = state.voteDesk?.skipped { tell(skipped + ".") }
    guard state.voteDesk?.entry != nil else {
      tell("Nothing to vote on: \(source.words).")
      return leaveVotes()
    }
    var told: Int?
    while let desk = state.voteDesk, !desk.isDone, let entry = desk.entry {
      if told != desk.place { tell(entry, number: desk.place + 1, of: desk.entries.count) }
      told = desk.place
      guard let line = ask(Self.question(entry.task)) else { break }
      let before = desk.voted
      take(line, entry.task)
      tellMessage()
      if state.voteDesk?.voted != before { told = nil }
    }
    tellVotes()
    leaveVotes()
  }

  private func leaveVotes() {
    if state.voteDesk != nil { carryOut(state.closeTop()) }
  }

  private static func question(_ task: VoteTask) -> String {
    let rest = "u takes the last vote back, s skips, n and words is a note, an empty line ends."
    return task.isPair
      ? "1 left, 2 right, 3 tie, 4 both bad; \(rest)"
      : "The number of the best, or of the best and the worst (2 3); = all alike, 0 none is good; \(rest)"
  }

  private func tell(_ entry: VoteDesk.Entry, number: Int, of count: Int) {
    tell("")
    tell("\(number) of \(count)\(entry.task.repeats == nil ? "" : ", seen before"). Prompt:")
    tell(entry.task.prompt)
    for (place, answer) in entry.task.answers.enumerated() {
      tell("")
      tell(entry.task.isPair ? ["Left:", "Right:"][place] : "Answer \(place + 1):")
      tell(Makers.mask(answer.text, models: entry.task.models))
    }
    tell("")
  }

  private func take(_ line: String, _ task: VoteTask) {
    let words = line.split(separator: " ").map { $0.lowercased() }
    func press(_ keys: String) {
      for key in keys { carryOut(update(&state, .key(.character(key)))) }
    }
    switch words.first {
    case "n":
      press("n")
      carryOut(update(&state, .key(.paste(line.dropFirst().description.trimmed))))
      carryOut(update(&state, .key(.enter)))
    case "u", "s", "=": press(words[0])
    case let first? where words.count == 1:
      let named = task.isPair ? ["left": "1", "right": "2", "tie": "3", "both": "4"][first] : nil
      let number = named ?? first
      number.count == 1 && number.allSatisfy(\.isNumber) ? press(number) : tell("There is no choice \(line).")
    case _ where words.count == 2 && words.allSatisfy { $0.count == 1 && $0.allSatisfy(\.isNumber) }:
      press("w" + words[1] + words[0])
    default: tell("There is no choice \(line).")
    }
  }

  /// Whose they were, of what has been voted on.
  private func tellVotes() {
    guard let desk = state.voteDesk, desk.voted > 0 else { return tell("No vote was given.") }
    tell("")
    for (place, entry) in desk.entries.enumerated() {
      guard let choice = entry.choice else { continue }
      let names = entry.task.answers.map { answer in
        answer.name + (answer.figures.isEmpty ? "" : " (\(answer.figures))")
      }
      let who =
        entry.task.isPair
        ? "left was \(names[0]), right was \(names[1])"
        : names.enumerated().map { "\($0 + 1) was \($1)" }.joined(separator: ", ")
      tell("\(place + 1): \(choice.words); \(who).")
    }
  }
}
