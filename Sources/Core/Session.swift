/// A saved thread of work as the store hands it back.
public struct Session: Equatable, Sendable {
  /// Twelve hexadecimal digits.
  public var id: String
  /// Seconds since 1970.
  public var created: Int64
  public var title: String
  public var rule: RaceRule
  public var lanes: [Lane]
  public var turns: [Turn]
  public var purpose = Purpose.lane

  public init(id: String, created: Int64, title: String, rule: RaceRule, lanes: [Lane], turns: [Turn]) {
    self.id = id
    self.created = created
    self.title = title
    self.rule = rule
    self.lanes = lanes
    self.turns = turns
  }

  /// Numbers of the lanes that are asked.
  public var activeLanes: [Int] { lanes.indices.filter { !lanes[$0].isDropped && !lanes[$0].isFusion } }

  /// A title as people read it: without the mark by which the session of a data set is found again.
  public static func shownTitle(_ title: String) -> String {
    guard let cut = title.ranges(of: " · ").last else { return title }
    let mark = title[cut.upperBound...]
    return mark.count == 16 && mark.allSatisfy(\.isHexDigit) ? String(title[..<cut.lowerBound]) : title
  }

  /// A new id: 48 random bits. Unguessability is not needed, uniqueness is.
  public static func newID(using random: inout some RandomNumberGenerator) -> String { random.hexadecimalDigits(12) }

  /// The same out of the system's randomness, for those who act.
  public static func newID() -> String {
    var random = SystemRandomNumberGenerator()
    return newID(using: &random)
  }
}

/// One prompt sent to all lanes of a session, with the latest response of each lane.
public struct Turn: Equatable, Sendable {
  /// From 1 within the session.
  public var number: Int
  public var prompt: String
  public var system: String?
  public var attachments: [Attachment]
  public var rule: RaceRule
  public var winner: Int?
  /// The lane whose answer every lane goes on from; nil when each goes on from its own.
  public var continued: Int?
  /// The place in a data set that this turn is of, by the item's own id.
  public var item: String?
  /// Which asking of the item it is, from 1; nil: the only one.
  public var run: Int?
  public var tags: [String] = []
  /// Of a call through the gateway: what was asked for, what was chosen and why.
  public var route: JSON?
  /// The id of the key that such a call came with.
  public var gatewayKey: String?
  /// Who stands where, while the person may not know which answer is whose.
  public var blind: BlindAssignment?
  /// By lane number; a lane added later has none in earlier turns.
  public var responses: [Int: Response]

  public init(
    number: Int, prompt: String, system: String? = nil, attachments: [Attachment] = [], rule: RaceRule,
    winner: Int? = nil,
    responses: [Int: Response] = [:]
  ) {
    self.number = number
    self.prompt = prompt
    self.system = system
    self.attachments = attachments
    self.rule = rule
    self.winner = winner
    self.responses = responses
  }

  /// An answer that was written from the others', not raced with them.
  public func isFused(_ lane: Int) -> Bool { item == nil && responses[lane]?.prompt != nil }

  /// The answers that were raced.
  public var raced: [Response] { responses.values.filter { !isFused($0.lane) } }

  public var promptSHA256: String { SHA256.hexadecimal(prompt.utf8) }
}

extension Session {
  /// The thread one lane has seen before turn `number`: prompts with its own answers, or with the one that all lanes went on
  /// from. Prompts left unanswered are joined to the next one, so that roles alternate as every provider demands.
  public func thread(lane: Int, before number: Int) -> [Message] {
    var messages: [Message] = []
    // The prompts of a data set know nothing of each other.
    for turn in turns where turn.number < number && turn.item == nil {
      messages.appendPrompt(turn.prompt, turn.attachments)
      if let answer = turn.responses[turn.continued ?? lane]?.text, !answer.isEmpty {
        messages.append(Message(.assistant, answer))
      }
    }
    return messages
  }
}

extension [Message] {
  public mutating func appendPrompt(_ prompt: String, _ attachments: [Attachment]) {
    if let last = indices.last, self[last].role == .user {
      self[last].text += "\n\n" + prompt
      self[last].attachments += attachments
    } else {
      append(Message(.user, prompt, attachments: attachments))
    }
  }
}

/// The first line of a prompt, short enough for a list.
public func sessionTitle(_ prompt: String) -> String {
  let line = prompt.split(whereSeparator: \.isNewline).first { !$0.allSatisfy(\.isWhitespace) } ?? ""
  return line.count > 80 ? line.prefix(79) + "…" : String(line)
}
