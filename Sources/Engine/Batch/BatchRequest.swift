import Core
import Judging

/// One line of a data set.
public struct BatchItem: Equatable, Sendable {
  public var id: String
  /// What is asked; of an item that has only values, and is asked through templates, these as text.
  public var prompt: String
  public var system: String?
  public var tags: [String]
  /// Values for the places of templates, by name.
  public var vars: [String: String] = [:]
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

  /// Values as a text, for an item without a prompt of its own.
  public static func text(of vars: [String: String]) -> String {
    vars.sorted { $0.key < $1.key }.map { "\($0): \($1)" }.joined(separator: "\n")
  }

  /// What templates are filled with.
  var values: [String: String] { vars.merging(["prompt": prompt]) { own, _ in own } }

  func filled(_ template: String) -> String { PromptTemplate(template).filled(values) }
}

/// A column of a batch: a lane, and how it is asked.
public struct Variant: Equatable, Sendable {
  /// With what tells it from others of its model, and its own system prompt, which may be a template.
  public var lane: Lane
  /// What it is asked instead of the items' prompts.
  public var template: String?

  public init(lane: Lane, template: String? = nil) {
    (self.lane, self.template) = (lane, template)
  }

  /// A text under the name that tells it from others.
  public typealias Named = (name: String, text: String)

  /// Every lane with every template and every system prompt.
  /// - Parameters:
  ///   - templates: none: the items' prompts are asked as they are.
  ///   - systems: none: as the lanes and the items have them.
  public static func all(_ lanes: [Lane], templates: [Named] = [], systems: [Named] = []) -> [Variant] {
    lanes.flatMap { lane in
      (templates.isEmpty ? [nil] : templates.map(Optional.some)).flatMap { template in
        (systems.isEmpty ? [nil] : systems.map(Optional.some)).map { system in
          var variant = Variant(lane: lane, template: template?.text)
          let names = [
            templates.count > 1 ? template?.name : nil, systems.count > 1 ? system?.name : nil,
          ].compactMap(\.self)
          if !names.isEmpty { variant.lane.variant = names.joined(separator: " · ") }
          if let system { variant.lane.system = system.text }
          return variant
        }
      }
    }
  }
}

/// A data set over all variants. The same file over the same ones is the same batch: what is answered and judged stays so.
public struct BatchRequest: Equatable, Sendable {
  public var name: String
  public var items: [BatchItem]
  public var variants: [Variant]
  public var judges: [Lane] = []
  /// How often each item is asked. More than before goes on where it ended.
  public var runs = 1
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

  /// Times an item can be asked.
  public static let mostRuns = 20

  public init(name: String, items: [BatchItem], variants: [Variant]) {
    self.name = name
    self.items = items
    self.variants = variants
  }

  public init(name: String, items: [BatchItem], lanes: [Lane]) {
    self.init(name: name, items: items, variants: lanes.map { Variant(lane: $0) })
  }

  public var lanes: [Lane] { variants.map(\.lane) }

  /// Of a session's title, by which it is found again.
  var mark: String {
    let items = items.map { item -> JSON in
      let plain: [JSON] = [.string(item.id), .string(item.prompt), .optional(item.system)]
      // Values make a batch another one only where something is filled with them.
      return .array(isFilled && !item.vars.isEmpty ? plain + [.texts(item.vars)] : plain)
    }
    let lanes = variants.map { variant -> JSON in
      let (lane, own) = (variant.lane, variant.template ?? "")
      guard variant.template != nil || lane.system != nil else { return .string(lane.text) }
      return [.string(lane.text), .string(own), .optional(lane.system)]
    }
    let document: JSON = [.array(items), .array(lanes)]
    return String(SHA256.hexadecimal(document.serialized().utf8).prefix(16))
  }

  private var isFilled: Bool { variants.contains { $0.template != nil || $0.lane.system != nil } }

  var title: String { "\(name) · \(mark)" }

  /// What is asked of an item as a lane's own; nil where it is the item's prompt.
  func prompt(of item: BatchItem, _ variant: Int) -> String? { variants[variant].template.map(item.filled) }

  /// Why nothing can be asked, as a sentence: a template has a place for which an item has no value.
  public var fault: String? {
    for variant in variants {
      for template in [variant.template, variant.lane.system].compactMap(\.self) {
        let names = PromptTemplate(template).names
        guard !names.isEmpty else { continue }
        for item in items {
          guard let missing = names.first(where: { item.values[$0] == nil }) else { continue }
          let known = item.values.keys.sorted().joined(separator: ", ")
          return
            "a template has {{\(VisibleText.line(missing))}}, for which the item ‘\(VisibleText.line(item.id))’ has no value in vars: it has \(VisibleText.line(known))"
        }
      }
    }
    return nil
  }

  /// Pairs of lanes that a judge may not judge, and why: all of them make it a mistake.
  public func refusals(of judge: Lane) -> (pairs: [(a: Int, b: Int)], reason: String?, isTotal: Bool) {
    let pairs = lanes.indices.flatMap { a in lanes.indices.dropFirst(a + 1).map { (a: a, b: $0) } }
    func reason(_ pair: (a: Int, b: Int)) -> String? {
      Eligibility.reasonAgainst(judge, lanes[pair.a].model, lanes[pair.b].model)
    }
    let refused = pairs.filter { reason($0) != nil }
    return (refused, refused.first.flatMap(reason), !refused.isEmpty && refused.count == pairs.count)
  }

  /// Answers, and verdicts on pairs of them.
  public var size: (answers: Int, verdicts: Int) {
    let turns = items.count * runs
    return (turns * variants.count, turns * judges.count * (variants.count * (variants.count - 1) / 2))
  }
}

extension JSON {
  fileprivate static func texts(_ values: [String: String]) -> JSON {
    .object(values.sorted { $0.key < $1.key }.map { JSON.Member(name: $0.key, value: .string($0.value)) })
  }
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

  /// What a stored batch has cost. What is done of it is counted while it is gone through again.
  init(of session: Session, _ judgements: [Judgement], total: Int) {
    self.total = total
    for turn in session.turns {
      for cost in turn.responses.values.map(\.cost) {
        self.cost = self.cost + (cost.amount ?? .zero)
        if cost.status == .unknown { hasUnknownCost = true }
      }
    }
    for judgement in judgements {
      cost = cost + judgement.cost
      if judgement.hasUnknownCost { hasUnknownCost = true }
    }
  }
}

/// What happens in a batch.
public enum BatchEvent: Sendable {
  /// What is there before anything is asked.
  case began(BatchResult)
  case asked(turn: Int, lane: Int)
  case answered(turn: Int, Response, passed: Bool?)
  case judged([Judgement])
  case progress(BatchProgress)
}

/// What came of a batch.
public struct BatchResult: Sendable {
  public var session: Session
  public var items: [BatchItem]
  public var judgements: [Judgement]
  /// Whether answers passed their item's check, by turn and lane.
  public var checks: [Int: [Int: Bool]]
  public var progress: BatchProgress

  public init(
    session: Session, items: [BatchItem], judgements: [Judgement], checks: [Int: [Int: Bool]], progress: BatchProgress
  ) {
    (self.session, self.items, self.judgements) = (session, items, judgements)
    (self.checks, self.progress) = (checks, progress)
  }
}
