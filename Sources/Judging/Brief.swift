import Core

/// What a good answer to a task needs, written before any answer is seen: the judge's, or the person's own criteria.
public struct Brief: Equatable, Sendable {
  public struct Criterion: Equatable, Sendable {
    /// `c1`, `c2`, …
    public var id: String
    /// Answerable by yes, partly or no.
    public var text: String

    public init(id: String, text: String) {
      self.id = id
      self.text = text
    }
  }

  public var taskType = ""
  public var mustContain: [String] = []
  public var criteria: [Criterion] = []
  /// A short own solution, where the task can be checked.
  public var solution: String?
  /// 0 to 1: how sure the judge is that it can judge this at all.
  public var canJudge = 1.0
  /// The person has changed the criteria.
  public var isEdited = false

  public init() {}

  /// The person's own criteria.
  public init(ownCriteria: [String], changing brief: Brief = .none) {
    self = brief
    criteria = ownCriteria.enumerated().map { Criterion(id: "c\($0 + 1)", text: $1) }
    isEdited = true
  }

  /// No brief could be had.
  public static let none = Brief()

  public var json: JSON {
    [
      "task_type": .string(taskType), "must_contain": .array(mustContain.map { .string($0) }),
      "criteria": .array(criteria.map { ["id": .string($0.id), "text": .string($0.text)] }),
      "solution": .optional(solution), "can_judge": .double(canJudge), "edited": .bool(isEdited),
    ]
  }

  public init?(json: JSONView) {
    guard let criteria = json["criteria"], criteria.isArray else { return nil }
    taskType = json["task_type"]?.string ?? ""
    mustContain = json["must_contain"]?.elements.compactMap(\.string) ?? []
    self.criteria = criteria.elements.compactMap { view in
      guard let id = view["id"]?.string, let text = view["text"]?.string else { return nil }
      return Criterion(id: id, text: text)
    }
    solution = json["solution"]?.string
    canJudge = (json["can_judge"]?.double ?? 1).clamped(to: 0...1)
    isEdited = json["edited"]?.bool ?? false
  }
}

/// What the lanes were asked, as a judge is told it: nothing of who answered.
public struct JudgeTask: Equatable, Sendable {
  public var prompt: String
  public var system: String?
  public var context: [Message]
  /// Names of files that went along.
  public var attachments: [String]
  /// The right answer, where the person has one.
  public var reference: String?

  public init(
    prompt: String, system: String? = nil, context: [Message] = [], attachments: [String] = [],
    reference: String? = nil
  ) {
    self.prompt = prompt
    self.system = system
    self.context = context
    self.attachments = attachments
    self.reference = reference
  }
}

/// An answer as a judge sees it.
public struct Candidate: Equatable, Sendable {
  public var text: String
  /// It ended at its length limit.
  public var isTruncated: Bool

  public init(text: String, isTruncated: Bool = false) {
    self.text = text
    self.isTruncated = isTruncated
  }
}
