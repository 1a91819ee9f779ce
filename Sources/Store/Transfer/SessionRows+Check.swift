import Core

/// What must hold between the rows of a session that comes from elsewhere, so that every reader finds what it looks for.
extension SessionRows {
  private struct Place: Hashable {
    var turn: Int64
    var lane: Int64
    var generation: Int64
  }

  /// At most so many lanes are asked at once.
  private static let mostActiveLanes = 9

  /// - Throws: `InvalidFile` naming the row.
  func check(_ place: String) throws(InvalidFile) {
    let lanes = try checkLanes(place)
    let turns = Set(integers(.turn, "number").compactMap(\.self))
    guard turns.count == self[.turn].count else { throw InvalidFile("\(place).turn has a number twice") }
    for (index, winner) in (integers(.turn, "winner") + integers(.turn, "continued")).enumerated() {
      guard let winner, winner >= lanes else { continue }
      throw InvalidFile("\(place).turn[\(index % self[.turn].count)] names lane \(winner), which is not there")
    }
    let answers = try checkAnswers(place, lanes: lanes, turns: turns)
    try checkVotes(place, answers: answers)
    try checkVerdicts(place, answers: answers)
  }

  private func checkLanes(_ place: String) throws(InvalidFile) -> Int64 {
    let document = JSONDocument()
    let entries = texts(.session, "lanes").first.flatMap { try? document.parse($0) }?.elements ?? []
    let areLanes = entries.allSatisfy { ($0.string ?? $0["lane"]?.string) != nil }
    let active = entries.filter { $0["dropped"]?.bool != true && $0["fusion"]?.bool != true }.count
    guard areLanes, active <= Self.mostActiveLanes, entries.count <= StoredColumn.mostLanes else {
      throw InvalidFile("\(place).session.lanes is not a list of at most \(Self.mostActiveLanes) lanes")
    }
    return Int64(entries.count)
  }

  private func checkAnswers(_ place: String, lanes: Int64, turns: Set<Int64>) throws(InvalidFile) -> Set<Place> {
    for table in [StoredTable.attachment, .response, .blind] {
      for (index, turn) in integers(table, "turn").enumerated() where !turns.contains(turn ?? 0) {
        throw InvalidFile("\(place).\(table.name)[\(index)] is of a turn that is not there")
      }
    }
    var files = Set<[Int64]>()
    for (index, row) in self[.attachment].enumerated() where !files.insert(row.prefix(2).compactMap(\.integer)).inserted
    {
      throw InvalidFile("\(place).attachment[\(index)] is there twice")
    }
    var answers = Set<Place>()
    for (index, answer) in places(.response, "").enumerated() {
      guard answer.lane < lanes else {
        throw InvalidFile("\(place).response[\(index)] is of lane \(answer.lane), which is not there")
      }
      guard answers.insert(answer).inserted else {
        throw InvalidFile("\(place).response[\(index)] is there twice")
      }
    }
    for (index, value) in values(.response, "arrivals").enumerated() where !Self.isSound(value.bytes) {
      throw InvalidFile("\(place).response[\(index)].arrivals are longer than any answer")
    }
    for (index, text) in texts(.blind, "assignment").enumerated() {
      let assignment = BlindAssignment(text: text)
      let all = assignment.map { assignment in assignment.pairs.flatMap { [$0.left, $0.right] } + assignment.lanes.keys
      }
      guard let all, all.allSatisfy({ (0..<lanes).contains(Int64($0)) }) else {
        throw InvalidFile("\(place).blind[\(index)].assignment is none of these lanes")
      }
    }
    return answers
  }

  private static func isSound(_ arrivals: [UInt8]?) -> Bool {
    var sum = 0
    for chunk in Arrivals.chunks(arrivals ?? []) {
      let (next, overflow) = sum.addingReportingOverflow(chunk.length)
      guard !overflow, next < 1 << 40 else { return false }
      sum = next
    }
    return true
  }

  private func checkVotes(_ place: String, answers: Set<Place>) throws(InvalidFile) {
    try checkIDs(place, .blind, "id")
    try checkIDs(place, .vote, "id")
    try checkIDs(place, .voteUndone, "vote")
    try checkIDs(place, .pick, "id")
    for (index, answer) in places(.pick, "").enumerated() where !answers.contains(answer) {
      throw InvalidFile("\(place).pick[\(index)] is on an answer that is not there")
    }
    for side in ["left_", "right_"] {
      for (index, answer) in places(.vote, side).enumerated() where !answers.contains(answer) {
        throw InvalidFile("\(place).vote[\(index)] is on an answer that is not there")
      }
    }
    let assignments = Set(texts(.blind, "id"))
    for (index, id) in texts(.vote, "assignment").enumerated() where !assignments.contains(id) {
      throw InvalidFile("\(place).vote[\(index)] is under an assignment that is not there")
    }
    let votes = Set(texts(.vote, "id"))
    for (index, id) in texts(.voteUndone, "vote").enumerated() where !votes.contains(id) {
      throw InvalidFile("\(place).vote_undone[\(index)] is of a vote that is not there")
    }
  }

  private func checkVerdicts(_ place: String, answers: Set<Place>) throws(InvalidFile) {
    try checkIDs(place, .judgement, "id")
    try checkIDs(place, .judgementConfirmed, "judgement")
    try checkIDs(place, .brief, "id")
    for (table, side) in [(StoredTable.judgement, "a_"), (.judgement, "b_"), (.fit, "")] {
      for (index, answer) in places(table, side).enumerated() where !answers.contains(answer) {
        throw InvalidFile("\(place).\(table.name)[\(index)] is on an answer that is not there")
      }
    }
    let judgements = Set(texts(.judgement, "id"))
    for (index, id) in texts(.judgementConfirmed, "judgement").enumerated() where !judgements.contains(id) {
      throw InvalidFile("\(place).judgement_confirmed[\(index)] is of a verdict that is not there")
    }
    for (index, call) in calls.enumerated() where ["lane", "batch"].contains(call.texts(.session, "purpose").first) {
      throw InvalidFile("\(place).calls[\(index)] is no call of a judge")
    }
  }

  private func checkIDs(_ place: String, _ table: StoredTable, _ column: String) throws(InvalidFile) {
    var seen = Set<String>()
    for (index, id) in texts(table, column).enumerated() where !seen.insert(id).inserted {
      throw InvalidFile("\(place).\(table.name)[\(index)].\(column) is there twice")
    }
  }

  private func places(_ table: StoredTable, _ side: String) -> [Place] {
    let lanes = integers(table, side + "lane")
    let generations = integers(table, side + "generation")
    return integers(table, "turn").enumerated().map { index, turn in
      Place(turn: turn ?? 0, lane: lanes[index] ?? -1, generation: generations[index] ?? 0)
    }
  }
}
