import Core
import Engine
import Terminal

extension KeyPlace {
  static let keyEntry = KeyPlace("key of a provider", "Where a provider's key is pasted")
}

extension Action {
  static let keyKeep = Action("key.keep"), keyEmpty = Action("key.empty")
}

/// A line for the key of a provider. What is typed is shown as dots and leaves it by one command only.
struct KeyEntry: Layer {
  let provider: ProviderKey
  private(set) var typed = Secret()
  /// Why what was typed is not kept.
  private(set) var fault: String?
  /// It has been handed over, and nothing came back yet.
  private(set) var isKeeping = false
  /// It is kept, and this is to be written into the config by hand.
  private(set) var byHand: (file: String, config: String, lines: [String])?
  private var isDone = false

  init(provider: ProviderKey) { self.provider = provider }

  static func == (a: KeyEntry, b: KeyEntry) -> Bool {
    a.provider == b.provider && a.typed == b.typed && a.fault == b.fault && a.isKeeping == b.isKeeping
      && a.isDone == b.isDone && a.byHand?.lines == b.byHand?.lines
  }

  static let keys: [KeyRow] = [
    KeyRow(
      .keyKeep, .keyEntry, [.enter], "keep the key",
      label: Label(1) { $0.layers.topmost(KeyEntry.self)?.byHand == nil ? "keep it" : "done" }
    ) { state in
      let needsLanes = state.asked.isEmpty && state.session.turns.isEmpty
      return state.edit(KeyEntry.self) { entry, _ in entry.keep(needsLanes: needsLanes) }
    },
    KeyRow(
      .keyEmpty, .keyEntry, [.control("u"), .control("w")], "empty the line", label: Label("empty", 2)
    ) { state in
      state.edit(KeyEntry.self) { entry, _ in
        entry.typed = Secret()
        return []
      }
    },
  ]

  func places(_ state: State) -> [KeyPlace] { [.keyEntry, .window] }
  var takesText: Bool { true }
  func stays(_ state: State) -> Bool { !isDone }

  mutating func type(_ key: Key, _ state: State) -> [Command]? {
    guard byHand == nil, !isKeeping else { return [] }
    switch key {
    case .backspace: typed.revealed = String(typed.revealed.dropLast())
    case .character(let character): typed.revealed.append(character)
    case .paste(let text): typed.revealed += text
    default: return nil
    }
    fault = nil
    return []
  }

  private mutating func keep(needsLanes: Bool) -> [Command] {
    if byHand != nil {
      isDone = true
      return []
    }
    guard !isKeeping else { return [] }
    let key = typed.revealed.trimmed
    if let found = ProviderKey.fault(in: key) {
      fault = key.isEmpty ? "paste the key first" : "this is no key: \(found)"
      return []
    }
    isKeeping = true
    return [.keepKey(provider.services, Secret(key), needsLanes: needsLanes)]
  }

  mutating func hear(_ answer: any Sendable, _ state: State) -> [Command] {
    guard let kept = answer as? KeptKey, kept.services == provider.services else { return [] }
    isKeeping = false
    switch kept.outcome {
    case .kept: isDone = true
    case .unnamed(let file, let config, let lines): byHand = (file, config, lines)
    case .failed(let sentence): fault = sentence
    }
    // It is in its file now.
    if fault == nil { typed = Secret() }
    return []
  }

  func draw(_ state: State, _ layouts: Layouts, _ frame: inout Frame) { KeyEntryPane.draw(self, state, &frame) }
}
