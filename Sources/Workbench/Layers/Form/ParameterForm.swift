import Core
import Terminal

/// The parameters of one lane or of all, being edited. An empty field is the provider's own default.
public struct ParameterForm: Equatable, Sendable {
  public struct Field: Equatable, Sendable {
    /// A parameter's name, or `system`.
    public var name: String
    public var text: String
    public var hint: String
    /// For all lanes: they differ here, and stay as they are unless something is typed.
    public var isMixed = false
    /// Whether it was changed here.
    public var isEdited = false
  }

  public var lane: Int
  /// For every lane, not only this one.
  public internal(set) var isForAll = false
  public private(set) var fields: [Field]
  /// The row the cursor is on: 0 is the choice between this lane and all, then the fields.
  public private(set) var selection = 1
  public var fault: String?
  /// The lane was copied for this: leaving the form takes it away again.
  let isCopy: Bool

  static let system = "system"

  init(lane: Int, lanes: [Lane], system: String?, isCopy: Bool = false) {
    self.lane = lane
    self.isCopy = isCopy
    fields = ParameterForm.fields([lanes[lane]], system)
  }

  private static func fields(_ lanes: [Lane], _ system: String?) -> [Field] {
    let hints: [(String, String)] = [
      ("temperature", "0 to 2"), ("top_p", "0 to 1"), ("max_tokens", "most tokens of the answer"),
      ("effort", "← → none … max"), ("seed", "a whole number"), (Self.system, "Ctrl-O opens the editor"),
    ]
    return hints.map { name, hint in
      let texts = lanes.map { lane in
        name == Self.system
          ? lane.system ?? system ?? "" : lane.parameters.pairs.first { $0.name == name }?.text ?? ""
      }
      let isMixed = Set(texts).count > 1
      return Field(name: name, text: isMixed ? "" : texts.first ?? "", hint: hint, isMixed: isMixed)
    }
  }

  /// The field the cursor is in; nil on the first row.
  var field: Field? { fields.indices.contains(selection - 1) ? fields[selection - 1] : nil }

  mutating func setSystem(_ text: String) {
    guard let index = fields.firstIndex(where: { $0.name == Self.system }) else { return }
    set(text, at: index)
  }

  mutating func set(_ text: String, at index: Int) {
    fields[index].text = text
    fields[index].isEdited = true
    fault = nil
  }

  /// - Parameter lanes: the shown lanes, for when the form is turned to all of them.
  mutating func handle(_ key: Key, lanes: [Lane], own: Lane, system: String?) {
    switch key {
    case .up, .shiftTab: selection = max(0, selection - 1)
    case .down, .tab: selection = min(fields.count, selection + 1)
    case .left, .right:
      if selection == 0 {
        isForAll.toggle()
        fields = ParameterForm.fields(isForAll ? lanes : [own], system)
      } else if field?.name == "effort" {
        cycleEffort(by: key == .right ? 1 : -1)
      }
    case .character(" ") where selection == 0:
      handle(.right, lanes: lanes, own: own, system: system)
    case .character(let character): type(String(character))
    case .paste(let text): type(text)
    case .backspace:
      if let field { set(String(field.text.dropLast()), at: selection - 1) }
    case .control("u"), .control("w"):
      if field != nil { set("", at: selection - 1) }
    default: break
    }
  }

  private mutating func type(_ text: String) {
    guard let field else { return }
    set(field.text + text, at: selection - 1)
  }

  private mutating func cycleEffort(by step: Int) {
    let all = [""] + Parameters.efforts
    let index = all.firstIndex(of: field?.text ?? "") ?? 0
    set(all[(index + step + all.count) % all.count], at: selection - 1)
  }

  /// What was changed, put into a lane.
  /// - Throws: `InvalidLane` naming the field.
  func applied(to lane: Lane) throws(InvalidLane) -> Lane {
    var lane = lane
    for field in fields where field.isEdited {
      if field.name == Self.system {
        lane.system = field.text.isEmpty ? nil : field.text
      } else if let name = Parameters.Name(rawValue: field.name) {
        _ = lane.parameters.remove(name)
        let text = field.text.trimmed
        if !text.isEmpty { try lane.parameters.set(field.name, to: text) }
      }
    }
    return lane
  }
}

extension String {
  /// Without the white space around it.
  var trimmed: String {
    let start = drop { $0.isWhitespace }
    return String(start.reversed().drop { $0.isWhitespace }.reversed())
  }
}
