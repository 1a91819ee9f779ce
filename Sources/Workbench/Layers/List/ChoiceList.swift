import Core
import Judging
import Terminal

/// A list that is filtered as one types: models, sessions and commands all use it.
public struct ChoiceList: Equatable, Sendable {
  public enum Purpose: Equatable, Sendable {
    case addLane, changeModel(lane: Int), sessions, commands
    case history, lineups, saveLineup, codeBlocks
    case theme(before: String)
    case compare(with: Int)
    /// `at`: the `@` in the prompt that is completed.
    case attach(folder: String, at: Int?)
    case judge
    /// How answers are fused, and then by whom.
    case fuse
    case fuseBy(FusionRecipe)
    case export(sessions: [String])
  }

  public struct Item: Equatable, Sendable {
    public var title: String
    public var detail: String
    /// What choosing it means: a model, a session id, an action name.
    public var value: String
    /// Shown quietly: it can be chosen but will not work yet (a key is missing).
    public var isQuiet = false

    public init(title: String, detail: String, value: String, isQuiet: Bool = false) {
      self.title = title
      self.detail = detail
      self.value = value
      self.isQuiet = isQuiet
    }
  }

  public var purpose: Purpose
  public var title: String
  public var items: [Item]
  public var isLoading = false
  public private(set) var query = ""
  public private(set) var selection = 0
  public private(set) var matches: [Item]

  /// - Parameters:
  ///   - chosen: value of the item to begin at.
  ///   - query: as if it had been typed.
  public init(
    _ purpose: Purpose, title: String, items: [Item], isLoading: Bool = false, chosen: String? = nil, query: String = ""
  ) {
    self.purpose = purpose
    self.title = title
    self.items = items
    self.isLoading = isLoading
    self.query = query
    matches = query.isEmpty ? items : Fuzzy.filter(items, query)
    selection = items.firstIndex { $0.value == chosen } ?? 0
  }

  public var chosen: Item? { matches.indices.contains(selection) ? matches[selection] : nil }

  /// Whether what is chosen is a lane: then it may also be typed, with parameters.
  public var takesLanes: Bool {
    switch purpose {
    case .addLane, .changeModel, .judge, .fuseBy: true
    case .sessions, .commands, .history, .lineups, .saveLineup, .codeBlocks, .theme, .compare, .attach, .export, .fuse:
      false
    }
  }

  /// What may be typed when no row has it; nil when only rows can be taken.
  public var typedHint: String? {
    switch purpose {
    case .addLane, .changeModel, .judge, .fuseBy: "Enter takes it as typed: provider/model"
    case .fuse: "Enter takes it as typed: your own instruction"
    case .saveLineup: "Enter saves under this name"
    case .attach: "Enter takes it as typed: a path"
    case .sessions, .commands, .history, .lineups, .codeBlocks, .theme, .compare, .export: nil
    }
  }

  /// What Enter takes: the chosen row, or what was typed.
  public var entered: Item? {
    let typed = Item(title: query, detail: "", value: query)
    switch purpose {
    case .addLane, .changeModel, .judge, .fuseBy:
      return !query.isEmpty && (chosen == nil || query.contains(",")) ? typed : chosen
    case .saveLineup: return query.isEmpty ? chosen : typed
    case .fuse: return chosen ?? typed
    case .attach: return !query.isEmpty && (chosen == nil || query.contains("/")) ? typed : chosen
    case .sessions, .commands, .history, .lineups, .codeBlocks, .theme, .compare, .export: return chosen
    }
  }

  /// New contents, while the person goes on typing.
  /// - Parameter isWhole: more is not on its way.
  public mutating func fill(_ items: [Item], isWhole: Bool = true) {
    self.items = items
    isLoading = !isWhole
    filter(keepingSelection: true)
  }

  private mutating func select(_ index: Int) { selection = max(0, min(matches.count - 1, index)) }

  private mutating func filter(keepingSelection: Bool = false) {
    let before = chosen
    matches = Fuzzy.filter(items, query)
    // A model that cannot be asked comes behind all that can, however well its name fits.
    if takesLanes { matches = matches.filter { !$0.isQuiet } + matches.filter(\.isQuiet) }
    selection =
      keepingSelection ? before.flatMap { before in matches.firstIndex { $0.value == before.value } } ?? 0 : 0
  }
}

extension KeyPlace {
  static let choice = KeyPlace("choices", "Where something is chosen")
}

extension Action {
  static let choose = Action("list.choose"), emptyLine = Action("list.empty")
}

extension ChoiceList: Layer {
  static let keys: [KeyRow] = [
    KeyRow(.choose, .choice, [.enter], "take it", label: Label("take it", 1)) { $0.chooseFromList() },
    KeyRow(.emptyLine, .choice, [.control("u"), .control("w")], "empty the line") { state in
      _ = state.layers.edit(ChoiceList.self) { $0.clear() }
      return []
    },
  ]

  func places(_ state: State) -> [KeyPlace] { [.choice, .list, .window] }
  var takesText: Bool { true }

  mutating func clear() {
    query = ""
    filter()
  }

  mutating func type(_ key: Key, _ state: State) -> [Command]? {
    switch key {
    case .backspace: if !query.isEmpty { query.removeLast() }
    case .character(let character): query.append(character)
    case .paste(let text): query += VisibleText.line(text)
    default: return nil
    }
    let before = chosen
    filter()
    return preview(before)
  }

  mutating func move(_ step: Step, _ state: State) -> [Command] {
    let before = chosen
    select(step.moved(selection, height: max(1, state.screen.height - 8), count: matches.count))
    return preview(before)
  }

  mutating func point(at row: Int, _ state: State) -> Bool? {
    let (first, count) = ListPane.rows(self, state)
    let index = first + row - ListPane.top
    guard (0..<count).contains(row - ListPane.top), matches.indices.contains(index) else { return nil }
    defer { selection = index }
    return selection == index
  }

  /// Themes are shown while they are chosen from.
  private func preview(_ before: Item?) -> [Command] {
    guard case .theme = purpose, let chosen, chosen != before else { return [] }
    return [.useTheme(name: chosen.value, isChosen: false)]
  }

  func closed(_ state: inout State) -> [Command] {
    if case .theme(let before) = purpose { return [.useTheme(name: before, isChosen: false)] }
    return []
  }

  func draw(_ state: State, _ layouts: Layouts, _ frame: inout Frame) { ListPane.draw(self, state, &frame) }
}

extension State {
  /// Takes what is chosen, and closes the list.
  fileprivate mutating func chooseFromList() -> [Command] {
    guard let list = layers.top as? ChoiceList, let item = list.entered else { return [] }
    if list.takesLanes {
      do throws(InvalidLane) { _ = try Lane(parsing: item.value) } catch { return tell(error.message) }
    }
    _ = layers.pop()
    return choose(item, list.purpose)
  }

  mutating func choose(_ item: ChoiceList.Item, _ purpose: ChoiceList.Purpose) -> [Command] {
    switch purpose {
    case .commands: return performChosen(Action(rawValue: item.value))
    case .sessions: return [.open(session: item.value, at: nil)]
    case .addLane: return (try? Lane(parsing: item.value)).map { add($0) } ?? []
    case .changeModel(let lane): return (try? Lane(parsing: item.value)).map { change(lane, to: $0) } ?? []
    case .history:
      draft.composer.set(item.value)
      place = .prompt
    case .lineups: return [.loadLineup(name: item.value)]
    case .saveLineup: return [.saveLineup(name: item.value, lanes: lineup)]
    case .codeBlocks: return [.copy(item.value, words: "the code block")]
    case .theme: return [.useTheme(name: item.value, isChosen: true)]
    case .compare: if let lane = Int(item.value) { compare(with: lane) }
    case .export(let sessions): return [.export(sessions: sessions, format: item.value)]
    case .judge: return (try? Lane(parsing: item.value)).map { chooseJudge($0) } ?? []
    case .fuse: return chooseFuser(FusionRecipe(item.value))
    case .fuseBy(let recipe): return (try? Lane(parsing: item.value)).map { fuse(recipe, by: $0) } ?? []
    case .attach(_, let start):
      if item.value.hasSuffix("/"), !item.title.isEmpty {
        open(ChoiceList(.attach(folder: item.value, at: start), title: "Attach a file", items: [], isLoading: true))
        return [.loadFiles(folder: item.value)]
      }
      if let start { name(item.value, at: start) }
      return [.attach(path: item.value)]
    }
    return []
  }

  /// Completes the `@` there.
  private mutating func name(_ path: String, at start: Int) {
    guard start < draft.composer.cursor else { return }
    draft.composer.remove(start..<draft.composer.cursor)
    draft.composer.insert(NamedFiles.written(path) + " ")
    draft.mentions.insert(path)
  }

  /// Windows that the action does not belong to are closed for it.
  private mutating func performChosen(_ action: Action) -> [Command] {
    guard let row = keymap.row(action) else { return [] }
    // What cannot be done closes nothing.
    if let why = row.obstacle(self) { return tell(why) }
    if !keyPlaces.contains(row.place) { closeAll() }
    return perform(row)
  }
}
