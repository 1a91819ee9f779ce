import Core
import Judging

/// A batch as it is kept with its session, so that it can be gone on with where the file is not at hand.
extension BatchRequest {
  var plan: JSON {
    [
      "name": .string(name), "runs": .int(runs),
      "items": .array(
        items.map { item in
          var entry: JSON = ["id": .string(item.id), "prompt": .string(item.prompt)]
          if let system = item.system { entry["system"] = .string(system) }
          if !item.tags.isEmpty { entry["tags"] = .array(item.tags.map { .string($0) }) }
          if !item.vars.isEmpty {
            entry["vars"] = .object(
              item.vars.sorted { $0.key < $1.key }.map { JSON.Member(name: $0.key, value: .string($0.value)) })
          }
          if let reference = item.reference { entry["reference"] = .string(reference) }
          if let check = item.check { entry["check"] = .string(check.text) }
          return entry
        }),
      "variants": .array(
        variants.map { variant in
          [
            "lane": .string(variant.lane.text), "name": .optional(variant.lane.variant),
            "system": .optional(variant.lane.system), "template": .optional(variant.template),
          ]
        }),
      "judges": .array(judges.map { .string($0.text) }), "counts_family": .bool(countsFamily),
      "brief": brief?.json ?? .null, "budget": .optional(budget?.decimalText),
      "allows_unpriced": .bool(allowsUnpriced), "concurrency": concurrency.map { .int($0) } ?? .null,
      "timeout": timeout.map { .number("\($0)") } ?? .null,
    ]
  }

  /// Nil when it is none: another version's.
  public init?(plan: JSON) {
    let document = JSONDocument()
    guard let view = try? document.parse(plan.serialized()), let name = view["name"]?.string else { return nil }
    let variants = (view["variants"]?.elements ?? []).compactMap { entry -> Variant? in
      guard var lane = entry["lane"]?.string.flatMap({ try? Lane(parsing: $0) }) else { return nil }
      (lane.variant, lane.system) = (entry["name"]?.string, entry["system"]?.string)
      return Variant(lane: lane, template: entry["template"]?.string)
    }
    let items = (view["items"]?.elements ?? []).compactMap { entry -> BatchItem? in
      guard let id = entry["id"]?.string, let prompt = entry["prompt"]?.string else { return nil }
      var item = BatchItem(
        id: id, prompt: prompt, system: entry["system"]?.string,
        tags: entry["tags"]?.elements.compactMap(\.string) ?? [], reference: entry["reference"]?.string,
        check: entry["check"]?.string.flatMap(ValidityCheck.init))
      item.vars = Dictionary(
        (entry["vars"]?.members ?? []).compactMap { member in member.value.string.map { (member.name, $0) } },
        uniquingKeysWith: { first, _ in first })
      return item
    }
    guard !variants.isEmpty, !items.isEmpty else { return nil }
    self.init(name: name, items: items, variants: variants)
    runs = (view["runs"]?.int ?? 1).clamped(to: 1...Self.mostRuns)
    judges = (view["judges"]?.elements ?? []).compactMap { $0.string.flatMap { try? Lane(parsing: $0) } }
    countsFamily = view["counts_family"]?.bool ?? false
    brief = view["brief"].flatMap(Brief.init(json:))
    budget = view["budget"]?.string.flatMap(Money.init(decimal:))
    allowsUnpriced = view["allows_unpriced"]?.bool ?? false
    concurrency = view["concurrency"]?.int.map { $0.clamped(to: 1...100) }
    timeout = view["timeout"]?.int.map { Int64($0) }
  }

  /// Commands that checks of the items run.
  public var commands: [String] {
    var commands: [String] = []
    for item in items {
      if case .exec(let command)? = item.check, !commands.contains(command) { commands.append(command) }
    }
    return commands
  }
}
