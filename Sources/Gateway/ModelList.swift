import Core
import Engine

/// What can be asked for here, in the shapes in which clients ask for the list.
struct ModelList {
  struct Entry: Sendable {
    var id: String
    /// The provider, or `furlong` for a route.
    var owner: String
    var contextLength: Int?
  }

  private let entries: [Entry]

  init(_ entries: [Entry]) { self.entries = entries }

  func document(in dialect: ClientDialect) -> JSON {
    let models = entries.map { ModelList.object($0, in: dialect) }
    guard dialect == .anthropic else { return ["object": "list", "data": .array(models)] }
    return [
      "data": .array(models), "has_more": false, "first_id": .optional(entries.first?.id),
      "last_id": .optional(entries.last?.id),
    ]
  }

  func model(_ id: String, in dialect: ClientDialect) -> JSON? {
    entries.first { $0.id == id }.map { ModelList.object($0, in: dialect) }
  }

  private static func object(_ entry: Entry, in dialect: ClientDialect) -> JSON {
    // Nobody tells when a model was made; a date that all can read stands for it.
    guard dialect == .anthropic else {
      return ["id": .string(entry.id), "object": "model", "created": 0, "owned_by": .string(entry.owner)]
    }
    var object: JSON = [
      "type": "model", "id": .string(entry.id), "display_name": .string(entry.id),
      "created_at": "1970-01-01T00:00:00Z", "lifecycle": "active",
    ]
    object["max_input_tokens"] = entry.contextLength.map { .int($0) }
    return object
  }
}
