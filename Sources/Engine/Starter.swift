import Core

/// Says which lanes are to be asked when: a pure state machine over a `StartOrder`. Owned by a `Race`, which stops asking it
/// once somebody has won.
struct Starter: Equatable {
  enum Step: Equatable {
    case launch(Int)
    /// Call `elapsed` with `branch` after this many nanoseconds, unless something has come by then.
    case wait(Int64, branch: Int)
  }

  private struct Node: Equatable {
    var kind: Kind
    var parent: Int?
    var isStarted = false
    var isOver = false
  }

  private enum Kind: Equatable {
    case lane(Int)
    case inTurn([Int])
    case together([Int], hedge: Int64?)
  }

  private var nodes: [Node] = []
  private let root: Int

  init(_ order: StartOrder) {
    var nodes: [Node] = []
    root = Starter.add(order, to: &nodes)
    self.nodes = nodes
  }

  private static func add(_ order: StartOrder, to nodes: inout [Node]) -> Int {
    let kind: Kind
    switch order {
    case .lane(let lane): kind = .lane(lane)
    case .inTurn(let orders): kind = .inTurn(orders.map { add($0, to: &nodes) })
    case .together(let orders, let hedge): kind = .together(orders.map { add($0, to: &nodes) }, hedge: hedge)
    }
    nodes.append(Node(kind: kind))
    let place = nodes.count - 1
    switch kind {
    case .lane: break
    case .inTurn(let children), .together(let children, _): for child in children { nodes[child].parent = place }
    }
    return place
  }

  mutating func begin() -> [Step] {
    var steps: [Step] = []
    start(root, &steps)
    return steps
  }

  /// Whether somebody is left to be asked.
  var hasReserve: Bool { nodes.contains { if case .lane = $0.kind { !$0.isStarted && !$0.isOver } else { false } } }

  /// The time of a branch has come.
  mutating func elapsed(_ branch: Int) -> [Step] {
    var steps: [Step] = []
    if !nodes[branch].isStarted { start(branch, &steps) }
    return steps
  }

  /// A lane has ended without having won.
  mutating func ended(_ lane: Int) -> [Step] {
    var steps: [Step] = []
    for place in nodes.indices where nodes[place].kind == .lane(lane) && !nodes[place].isOver { close(place, &steps) }
    return steps
  }

  private mutating func start(_ place: Int, _ steps: inout [Step]) {
    nodes[place].isStarted = true
    // It was called off before its turn came.
    if nodes[place].isOver { return close(place, &steps) }
    switch nodes[place].kind {
    case .lane(let lane): steps.append(.launch(lane))
    case .inTurn(let children):
      if let first = children.first { start(first, &steps) } else { close(place, &steps) }
    case .together(let children, let hedge):
      guard let hedge else {
        for child in children { start(child, &steps) }
        if children.isEmpty { close(place, &steps) }
        return
      }
      for (number, child) in children.enumerated().dropFirst() {
        steps.append(.wait(Int64(number) * hedge, branch: child))
      }
      if let first = children.first { start(first, &steps) } else { close(place, &steps) }
    }
  }

  private mutating func close(_ place: Int, _ steps: inout [Step]) {
    nodes[place].isOver = true
    guard let parent = nodes[place].parent, !nodes[parent].isOver, nodes[place].isStarted else { return }
    switch nodes[parent].kind {
    case .lane: break
    case .inTurn(let children), .together(let children, _):
      guard children.allSatisfy({ !nodes[$0].isStarted || nodes[$0].isOver }) else { return }
      if let next = children.first(where: { !nodes[$0].isStarted }) {
        start(next, &steps)
      } else {
        close(parent, &steps)
      }
    }
  }
}
