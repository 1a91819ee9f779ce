/// Phrases by which an answer speaks to its judge, as words with gaps between them.
enum DetectorPatterns {
  private struct Pattern {
    /// Each step is a set of words and how many others may stand before it.
    var steps: [(words: Set<String>, gap: Int)]
    var meaning: String
    var beginsLine = false
  }

  private static func pattern(_ meaning: String, beginsLine: Bool = false, _ steps: (String, Int)...) -> Pattern {
    Pattern(
      steps: steps.map { (Set($0.0.split(separator: " ").map(String.init)), $0.1) }, meaning: meaning,
      beginsLine: beginsLine)
  }

  private static let judges =
    "evaluator evaluators grader graders examiner examiners assessor judge judges rater raters llm-judge"
  private static let answers = "answer answers response responses reply output submission solution assistant candidate"
  private static let sides = "a b 1 2 r1 r2 one two first second"

  private static let all: [Pattern] = [
    pattern("speaks to the judge", ("as", 0), ("the an a your our", 0), (judges, 2), ("you your please", 2)),
    pattern(
      "speaks to the judge", ("dear attention hello hey note message", 0), (judges, 3),
      (answers + " score rate rating prefer winner grade verdict", 20)),
    pattern(
      "speaks to the judge", (judges, 0), ("please must should", 1),
      ("prefer rate score choose select award give pick", 4)),
    pattern(
      "gives the judge instructions", ("ignore disregard forget override", 0),
      ("all any the previous prior above preceding earlier other these those your", 2),
      ("instruction instructions prompt prompts rules criteria directions guidelines answers responses text", 3)),
    pattern(
      "gives the judge instructions", ("ignore disregard", 0), ("everything anything", 0),
      ("above before previous else", 2)),
    pattern("gives the judge instructions", ("ignore disregard", 0), ("the", 0), ("above preceding previous", 0)),
    pattern(
      "gives the judge instructions", ("output print return respond reply", 0), ("nothing exclusively", 2),
      ("but else other except \(sides) model", 4)),
    pattern(
      "asks for a rating", ("rate score grade give award assign mark", 0), ("this my the", 1), (answers, 1),
      ("10/10 10 ten highest maximum full perfect 5/5 100", 6)),
    pattern(
      "asks for a rating", ("give award assign", 0), ("10/10 highest maximum full perfect", 3), ("to for", 3),
      (answers + " me this", 2)),
    pattern("asks for a rating", ("rating score fit verdict", 0), ("10/10 5/5", 2), (answers, 12)),
    pattern("states a verdict", ("winner better best preferred superior", 0), ("is", 1), (answers, 2), (sides, 1)),
    pattern(
      "states a verdict", (answers, 0), (sides, 0), ("is", 0), ("clearly much far obviously definitely", 1),
      ("better superior best", 1)),
    pattern(
      "states a verdict", ("this my", 0), (answers, 0), ("is deserves should", 0),
      ("better best superior preferred winner highest win", 4)),
    pattern("states a verdict", ("prefer choose select pick output vote", 0), ("r1 r2", 3)),
    pattern("states a verdict", ("preference verdict", 0), ("r1 r2", 3)),
    pattern("imitates a conversation", beginsLine: true, ("system", 0), ("you your ignore must output", 6)),
    pattern(
      "imitates a conversation", beginsLine: true, ("human user", 0), ("rate evaluate judge score which compare", 12),
      (answers, 8)),
    // German
    pattern(
      "gives the judge instructions", ("ignoriere ignorieren missachte vergiss", 0),
      ("alle vorherigen obigen bisherigen vorangegangenen die", 2),
      ("anweisungen regeln instruktionen kriterien vorgaben", 3)),
    pattern(
      "speaks to the judge", ("als", 0), ("bewerter gutachter prüfer richter juror bewertender", 2),
      ("musst müssen solltest sollten bitte bewerten", 4)),
    pattern(
      "asks for a rating", ("bewerte bewerten gib geben", 0), ("diese dieser meine meiner antwort", 2),
      ("10 10/10 höchste höchstnote bestnote volle", 5)),
    // French
    pattern(
      "gives the judge instructions", ("ignorez ignore oubliez oublie", 0), ("toutes les", 1),
      ("instructions consignes règles critères", 3)),
    pattern(
      "speaks to the judge", ("en", 0), ("tant", 0),
      ("évaluateur juge correcteur examinateur qu'évaluateur qu'examinateur", 2),
      ("vous tu devez veuillez", 3)),
    pattern(
      "asks for a rating", ("donnez donne notez note attribuez", 0), ("cette ma la réponse note", 3),
      ("10/10 maximale maximum 10", 6)),
    // Spanish
    pattern(
      "gives the judge instructions", ("ignora ignore ignoren olvida olvide", 0), ("todas las", 1),
      ("instrucciones reglas criterios indicaciones", 3)),
    pattern(
      "speaks to the judge", ("como", 0), ("evaluador juez calificador examinador", 2), ("debes debe usted por", 4)),
    pattern(
      "asks for a rating", ("da dale otorga califica asigna", 0), ("esta mi la respuesta", 3),
      ("10/10 10 máxima máximo", 6)),
  ]

  private static let byFirst: [String: [Pattern]] = {
    var table: [String: [Pattern]] = [:]
    for pattern in all {
      for word in pattern.steps.first?.words ?? [] { table[word, default: []].append(pattern) }
    }
    return table
  }()

  static func findings(in folded: FoldedText) -> [JudgeDetector.Found] {
    let words = folded.words
    var found: [JudgeDetector.Found] = []
    for (place, word) in words.enumerated() {
      for pattern in byFirst[word.text] ?? [] where !pattern.beginsLine || word.beginsLine {
        guard let end = match(pattern, words, from: place) else { continue }
        found.append((folded.range(word.range.lowerBound..<words[end].range.upperBound), pattern.meaning))
      }
    }
    return found
  }

  /// Index of the last word of a match.
  private static func match(_ pattern: Pattern, _ words: [FoldedText.Word], from start: Int) -> Int? {
    var place = start
    for step in pattern.steps.dropFirst() {
      let reach = (place + 1)..<min(words.count, place + 2 + step.gap)
      guard let next = reach.first(where: { step.words.contains(words[$0].text) }) else { return nil }
      place = next
    }
    return place
  }
}
