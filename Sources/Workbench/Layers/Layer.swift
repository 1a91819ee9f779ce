import Core
import Terminal

/// Something that stands over the lanes, or over another layer: it is the first to get a key, and hears what has been read for
/// it. A layer is a folder: its state with its key rows and what it does in one file, how it looks in another; a line in
/// `LayerKinds` makes its keys known.
protocol Layer: Equatable, Sendable {
  /// Its rows in the table of keys.
  static var keys: [KeyRow] { get }

  /// Where keys hold while it is on top, the most special first.
  func places(_ state: State) -> [KeyPlace]
  /// Keys that mean nothing here go no further.
  var isWindow: Bool { get }
  /// It stands where the lanes are: they cannot be seen, nor reached by the mouse.
  var coversLanes: Bool { get }
  /// Plain characters are text.
  var takesText: Bool { get }
  /// Where plain characters are text: whether this one is, now.
  func takesAsText(_ key: Key) -> Bool
  /// A key without a row: a letter of a text.
  /// - Returns: nil when it means nothing here.
  mutating func type(_ key: Key, _ state: State) -> [Command]?
  /// Empties the line that is typed.
  /// - Returns: nil where there is nothing to empty.
  mutating func clear(_ state: State) -> [Command]?
  /// A line that is typed within it is done with.
  mutating func endLine(keeps: Bool, _ state: State) -> [Command]
  /// The cursor, or what is shown, moves.
  mutating func move(_ step: Step, _ state: State) -> [Command]
  /// A click on a row of the screen goes to what stands there.
  /// - Returns: whether one was there already, so that it is taken; nil where nothing stands.
  mutating func point(at row: Int, _ state: State) -> Bool?
  /// What the engine or the database says to an inquiry, of this layer or of another one.
  mutating func hear(_ answer: any Sendable, _ state: State) -> [Command]
  /// A tick of the clock.
  mutating func tick(_ state: State) -> [Command]
  /// Asked after each input; what has had its time goes by itself.
  func stays(_ state: State) -> Bool
  /// It has been put on top: what has to be read for it.
  func opened(_ state: State) -> [Command]
  /// What stood over it has been closed: what has to be read anew.
  func uncovered(_ state: State) -> [Command]
  /// It has been closed: what it leaves behind.
  func closed(_ state: inout State) -> [Command]
  func draw(_ state: State, _ layouts: Layouts, _ frame: inout Frame)
  /// What stands before the keys in the footer.
  func note(_ state: State) -> [(strong: String, quiet: String)]
}

/// How far a key moves what it moves.
enum Step: Equatable {
  /// Down where positive.
  case lines(Int)
  case halves(Int)
  case pages(Int)
  case beginning, end

  /// Rows, where so many are shown at once.
  func rows(height: Int) -> Int {
    switch self {
    case .lines(let count): count
    case .halves(let count): count * max(1, height / 2)
    case .pages(let count): count * max(1, height - 1)
    case .beginning: -1_000_000_000
    case .end: 1_000_000_000
    }
  }

  /// A place among `count`, moved.
  func moved(_ place: Int, height: Int, count: Int) -> Int { max(0, min(count - 1, place + rows(height: height))) }
}

extension Layer {
  typealias Label = KeyRow.Label

  static var keys: [KeyRow] { [] }
  var isWindow: Bool { true }
  var coversLanes: Bool { isWindow }
  var takesText: Bool { false }
  func takesAsText(_ key: Key) -> Bool { true }
  func stays(_ state: State) -> Bool { true }
  mutating func type(_ key: Key, _ state: State) -> [Command]? { nil }
  mutating func clear(_ state: State) -> [Command]? { nil }
  mutating func endLine(keeps: Bool, _ state: State) -> [Command] { [] }
  mutating func move(_ step: Step, _ state: State) -> [Command] { [] }
  mutating func point(at row: Int, _ state: State) -> Bool? { nil }
  mutating func hear(_ answer: any Sendable, _ state: State) -> [Command] { [] }
  mutating func tick(_ state: State) -> [Command] { [] }
  func opened(_ state: State) -> [Command] { [] }
  func uncovered(_ state: State) -> [Command] { [] }
  func closed(_ state: inout State) -> [Command] { [] }
  func note(_ state: State) -> [(strong: String, quiet: String)] { [] }

  fileprivate func isEqual(_ other: any Layer) -> Bool { (other as? Self) == self }
}

/// All kinds of layers, in the order of the help.
enum LayerKinds {
  static let all: [any Layer.Type] = [
    BlindLayer.self, VoteDesk.self, ExperimentPage.self, ExperimentForm.self, SearchLayer.self, Playback.self,
    SessionsPage.self, SessionsCompared.self, TrafficPage.self, CallPage.self,
    BoardPage.self, CompetitorPage.self, PairPage.self, CostsPage.self, VerdictsPage.self, CardsPage.self,
    MethodsPage.self,
    WhatIfPage.self, OutlinePage.self, Comparison.self, DisagreementMap.self, ChoiceList.self, ParameterForm.self,
    Question.self, HelpLayer.self, HomeLayer.self, KeyEntry.self,
  ]
}

/// The layers that are open, the one on top last.
public struct Layers: Equatable, Sendable {
  private(set) var all: [any Layer] = []

  public static func == (a: Layers, b: Layers) -> Bool {
    a.all.count == b.all.count && zip(a.all, b.all).allSatisfy { $0.isEqual($1) }
  }

  var top: (any Layer)? { all.last }

  /// The topmost of a kind.
  func topmost<Kind: Layer>(_ kind: Kind.Type) -> Kind? {
    for layer in all.reversed() { if let found = layer as? Kind { return found } }
    return nil
  }

  mutating func push(_ layer: any Layer) { all.append(layer) }
  /// Below all windows.
  mutating func putBelow(_ layer: any Layer) { all.insert(layer, at: 0) }
  mutating func pop() -> (any Layer)? { all.popLast() }

  mutating func remove<Kind: Layer>(_ kind: Kind.Type) { all.removeAll { $0 is Kind } }
  /// Leaves those that belong to the turn, not over it.
  mutating func removeWindows() { all.removeAll { $0.coversLanes } }
  mutating func remove(where isMeant: (any Layer) -> Bool) { all.removeAll(where: isMeant) }

  /// The topmost of a kind, changed in place.
  mutating func edit<Kind: Layer, Result>(_ kind: Kind.Type, _ change: (inout Kind) -> Result) -> Result? {
    guard let index = all.lastIndex(where: { $0 is Kind }), var layer = all[index] as? Kind else { return nil }
    let result = change(&layer)
    all[index] = layer
    return result
  }

  mutating func replace(at index: Int, with layer: any Layer) { all[index] = layer }
}

extension State {
  /// The topmost window over the lanes.
  var window: (any Layer)? { layers.top.flatMap { $0.isWindow ? $0 : nil } }

  /// Where keys hold, the most special place first.
  var keyPlaces: [KeyPlace] {
    var places: [KeyPlace] = []
    for layer in layers.all.reversed() {
      places += layer.places(self)
      if layer.isWindow { return places + [.anywhere] }
    }
    return places + (place == .prompt ? [.prompt] : [.lanes, .reading]) + [.desk, .anywhere]
  }

  var takesText: Bool {
    if let top = layers.top, top.isWindow || top.takesText { return top.takesText }
    return place == .prompt
  }

  @discardableResult mutating func open(_ layer: any Layer) -> [Command] {
    layers.push(layer)
    return layer.opened(self)
  }

  /// Closes what is on top.
  mutating func closeTop() -> [Command] {
    guard let layer = layers.pop() else { return [] }
    // After a page one goes on where one types.
    if layer is any PageLayer, window == nil { place = .prompt }
    var commands = layer.closed(&self)
    if layer is VoteDesk, let id = gridAfterVotes {
      gridAfterVotes = nil
      commands += open(ExperimentPage(session: id, place: gridPlaces[id]))
    }
    return commands + (layers.top?.uncovered(self) ?? [])
  }

  /// Layers that have had their time go.
  mutating func letGo() {
    guard layers.all.contains(where: { !$0.stays(self) }) else { return }
    var rest = layers
    rest.remove { !$0.stays(self) }
    layers = rest
  }

  mutating func closeAll() {
    leaveVoteDesk()
    layers.removeWindows()
  }

  /// The topmost of a kind, changed in place; the state is read meanwhile, not changed.
  mutating func edit<Kind: Layer>(_ kind: Kind.Type, _ change: (inout Kind, State) -> [Command]) -> [Command] {
    guard let index = layers.all.lastIndex(where: { $0 is Kind }), var layer = layers.all[index] as? Kind else {
      return []
    }
    let commands = change(&layer, self)
    layers.replace(at: index, with: layer)
    return commands
  }

  /// Each layer may do something.
  mutating func offer(_ change: (inout any Layer, State) -> [Command]) -> [Command] {
    var commands: [Command] = []
    for index in layers.all.indices {
      var layer = layers.all[index]
      commands += change(&layer, self)
      layers.replace(at: index, with: layer)
    }
    return commands
  }

  /// What is on top moves, else the lanes.
  mutating func move(_ step: Step) -> [Command] {
    guard let index = layers.all.indices.last, layers.all[index].coversLanes else {
      for lane in desk.isSynced ? panes : [focus] { scroll(lane, step) }
      return []
    }
    var layer = layers.all[index]
    let commands = layer.move(step, self)
    layers.replace(at: index, with: layer)
    return commands
  }
}
