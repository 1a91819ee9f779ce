import Core
import Terminal

/// A layer that shows a page: a text with a cursor on the rows that lead somewhere.
protocol PageLayer: Layer {
  static var place: KeyPlace { get }
  /// Where one is on it.
  var cursor: PageCursor { get set }
  /// What it shows at this moment.
  /// - Parameter width: columns there are for it.
  func page(_ state: State, width: Int) -> Page
}

/// Where one is on a page. What is chosen stays so when the page is made anew.
struct PageCursor: Equatable, Sendable {
  var scroll = 0
  var chosen: Page.Link?
  var showsMethods = false

  /// The line that is chosen; the first that leads somewhere before anything was, nil where none does.
  func line(_ lines: [PageLine]) -> Int? {
    lines.firstIndex { $0.link != nil && $0.link == chosen } ?? lines.firstIndex { $0.link != nil }
  }

  /// The first line shown.
  func first(_ count: Int, height: Int) -> Int { max(0, min(scroll, count - height)) }

  /// Goes from one row that leads somewhere to the next, and scrolls where there is no further one in sight.
  mutating func move(_ step: Step, _ lines: [PageLine], height: Int) {
    let first = first(lines.count, height: height)
    if case .lines(let count) = step, let place = line(lines), !showsMethods {
      let others = count > 0 ? Array(lines.indices.dropFirst(place + 1)) : lines.indices.prefix(place).reversed()
      let next = others.first { lines[$0].link != nil }
      // A picture between two tables is scrolled through, not jumped over.
      if let next, next >= first - height, next < first + 2 * height, (first..<(first + height)).contains(place) {
        chosen = lines[next].link
        scroll = min(max(first, next - height + 2), max(0, next - 1))
        return
      }
    }
    scroll = max(0, min(lines.count - height, first + step.rows(height: height)))
    let shown = lines.indices.dropFirst(scroll).prefix(height)
    // The cursor stays where one looks.
    if let place = line(lines), !shown.contains(place) {
      let near =
        step.rows(height: height) > 0 ? shown.first { lines[$0].link != nil } : shown.last { lines[$0].link != nil }
      if let near { chosen = lines[near].link }
    }
  }
}

extension KeyPlace {
  static let page = KeyPlace("pages", "On a page")
}

extension Action {
  static let pageOpen = Action("page.open"), pageMethods = Action("page.methods")
}

extension KeyRow {
  static let pages: [KeyRow] = [
    KeyRow(
      .pageOpen, .page, [.enter], "open what the cursor is on, else close",
      label: Label(1) { ($0.layers.top as? any PageLayer)?.link($0) == nil ? nil : "open" }
    ) { state in
      guard let page = state.layers.top as? any PageLayer, let link = page.link(state) else { return state.closeTop() }
      return state.follow(link)
    },
    KeyRow(
      .pageMethods, .page, [.character("W")], "how its numbers are computed, and back",
      label: Label(30) { ($0.layers.top as? any PageLayer)?.hasMethods($0) == true ? "how computed" : nil },
      unless: { ($0.layers.top as? any PageLayer)?.hasMethods($0) == true ? nil : "there is nothing to compute here" }
    ) { state in
      state.turnPage()
      return []
    },
  ]
}

extension PageLayer {
  func places(_ state: State) -> [KeyPlace] { [Self.place, .page, .reading, .window] }

  func hasMethods(_ state: State) -> Bool { !page(state, width: WindowPane.pageWidth(state)).methods.isEmpty }

  fileprivate func lines(_ state: State) -> [PageLine] {
    let width = WindowPane.pageWidth(state)
    let page = page(state, width: width)
    return (cursor.showsMethods ? page.methods : page.blocks).flatMap { $0.lines(width: width) }
  }

  /// What Enter opens.
  fileprivate func link(_ state: State) -> Page.Link? {
    let lines = lines(state)
    return cursor.showsMethods ? nil : cursor.line(lines).flatMap { lines[$0].link }
  }

  mutating func move(_ step: Step, _ state: State) -> [Command] {
    cursor.move(step, lines(state), height: PagePane.height(state))
    return []
  }

  mutating func point(at row: Int, _ state: State) -> Bool? {
    let lines = lines(state)
    let height = PagePane.height(state)
    let offset = row - PagePane.top
    guard !cursor.showsMethods, (0..<height).contains(offset) else { return nil }
    let line = cursor.first(lines.count, height: height) + offset
    guard lines.indices.contains(line), let link = lines[line].link else { return nil }
    defer { cursor.chosen = link }
    return cursor.line(lines) == line
  }

  func draw(_ state: State, _ layouts: Layouts, _ frame: inout Frame) {
    PagePane.draw(page(state, width: WindowPane.pageWidth(state)), cursor, state, &frame)
  }
}

extension State {
  fileprivate mutating func turnPage() {
    guard let index = layers.all.indices.last, var page = layers.all[index] as? any PageLayer else { return }
    page.cursor.showsMethods.toggle()
    page.cursor.scroll = 0
    layers.replace(at: index, with: page)
  }

  /// To what a row of a page leads. Where one was stays below.
  fileprivate mutating func follow(_ link: Page.Link) -> [Command] {
    switch link {
    case .session(let id): return [.open(session: id, at: nil)]
    case .turn(let number):
      closeAll()
      place = .lanes
      return show(turn: number)
    case .passage(let lane, let words):
      closeAll()
      guard shown.contains(lane) else { return [] }
      (focus, place) = (lane, .lanes)
      open(SearchLayer(words: words, isEverywhere: false))
      return []
    case .votes(let a, let b): return openVoteDesk(.models(a, b))
    case .competitor(let name): return open(CompetitorPage(name, boardChoice))
    case .pair(let a, let b): return open(PairPage(a, b, boardChoice))
    case .answers(let session, let turn): return [.open(session: session, at: FoundPlace(turn: turn, words: ""))]
    case .sessions(let filter): return openSessions(line: filter)
    case .lane(let lane):
      closeAll()
      if shown.contains(lane) { (focus, place) = (lane, .lanes) }
      return []
    }
  }
}
