import Core
import Engine
import Terminal

extension KeyPlace {
  static let call = KeyPlace("call", "On a call's page")
}

/// One call through the gateway: what was asked for and why it went where it did, receipts, words. Read anew while it runs.
struct CallPage: PageLayer {
  static let place = KeyPlace.call

  let id: String
  var cursor = PageCursor()
  private(set) var call: Reading<CallInquiry.Found>?

  init(id: String) { self.id = id }

  func opened(_ state: State) -> [Command] { [.inquire(CallInquiry(id: id))] }

  mutating func hear(_ answer: any Sendable, _ state: State) -> [Command] {
    if let found = answer as? CallInquiry.Found, found.session.id == id { call = Reading(found) }
    return []
  }

  func closed(_ state: inout State) -> [Command] {
    _ = state.layers.edit(TrafficPage.self) { $0.watching = nil }
    return []
  }

  func page(_ state: State, width: Int) -> Page {
    guard let found = call?.value else { return Page(title: "Call \(id)", blocks: [.text("reading …", .quiet)]) }
    return Page.call(found.session, key: found.key, width: width)
  }
}

/// One call with all that is kept of it.
struct CallInquiry: Inquiry {
  struct Found: Sendable {
    let session: Session
    /// What the call came with; nil for none.
    let key: GatewayKey?
  }

  let id: String

  func answer(_ engine: Engine) throws -> Found {
    let session = try engine.store.session(id)
    let key = session.turns.first?.gatewayKey
    return Found(session: session, key: try engine.store.gatewayKeys().first { $0.id == key })
  }
}

extension Page {
  /// - Parameter key: what the call came with; nil for none.
  static func call(_ session: Session, key: GatewayKey?, width: Int) -> Page {
    var page = Page(title: "Call \(session.id)", blocks: [])
    guard let turn = session.turns.first else {
      page.blocks = [.text("nothing of it is kept", .quiet)]
      return page
    }
    let route = turn.route ?? .null
    let responses = turn.responses.values.sorted { $0.lane < $1.lane }
    page.blocks = [
      .text([
        Span(RouteLines.asked(route), Style(.strong, bold: true)),
        Span(" · \(localSecond(session.created)) · \(key.map { "key \($0.name)" } ?? "no key")", Style(.quiet)),
      ])
    ]
    page.blocks +=
      receipts(responses, turn, lanes: session.lanes, width: width) + explanation(route["reasons"] ?? .null)
    page.blocks += words(responses, turn, isKept: key?.keeping != .metadata)
    return page
  }

  private static func explanation(_ reasons: JSON) -> [Block] {
    let rows = RouteLines.rows(reasons)
    guard !rows.isEmpty else { return [] }
    var blocks: [Block] = [.space, .heading("Why this model")]
    blocks.append(
      .table(header: RouteLines.header, rows: rows.map { Row($0) }, numeric: RouteLines.numeric.union([0])))
    let why = RouteLines.why(reasons)
    return blocks + (why.isEmpty ? [] : [.text("why: \(why)")])
  }

  private static func receipts(_ responses: [Response], _ turn: Turn, lanes: [Lane], width: Int) -> [Block] {
    var blocks: [Block] = [.space, .heading("Lanes")]
    // A narrow window has no room for all of it.
    let columns = Scoreboard.columns(hasFits: false, hasMarks: false).filter {
      width >= 70 || ![.ttfo, .speed].contains($0)
    }
    var rows = responses.map { response in
      let row = Scoreboard.row(response, place: lanes.count > 1 && response.lane == turn.winner ? 1 : nil)
      return Row(columns.map { row[$0] ?? "" }, Style(response.lane == turn.winner ? .strong : .text))
    }
    let asked = Set(responses.map(\.lane))
    for (number, lane) in lanes.enumerated() where !asked.contains(number) {
      rows.append(
        Row(
          columns.map { $0 == .number ? "\(number + 1)" : $0 == .model ? lane.text : $0 == .state ? "not asked" : "" }))
    }
    blocks.append(
      .table(
        header: columns.map(\.title), rows: rows,
        numeric: Set(columns.indices.filter { columns[$0].isNumeric })))
    for response in responses {
      if let error = response.error {
        blocks.append(.text("\(response.lane + 1): \(error.message)", response.state.role))
      }
      for notice in response.notices { blocks.append(.text("\(response.lane + 1): \(notice)", .quiet)) }
    }
    for response in responses where response.state.isOver {
      let lines = ReceiptLines(response)
      blocks += [.space, .heading("Receipt · \(response.lane + 1) \(response.model.text)")]
      if response.cost.status != .free, !lines.rows.isEmpty {
        blocks.append(
          .table(header: ReceiptLines.header, rows: lines.rows.map { Row($0) }, numeric: ReceiptLines.numeric))
      }
      blocks += lines.sums.map { .text([Span("\($0.name): ", Style(.quiet)), Span($0.words)]) }
    }
    return blocks
  }

  private static func words(_ responses: [Response], _ turn: Turn, isKept: Bool) -> [Block] {
    let texts = responses.filter { !$0.text.isEmpty || !$0.reasoning.isEmpty || !$0.toolCalls.isEmpty }
    guard isKept || !turn.prompt.isEmpty || !texts.isEmpty else {
      return [
        .space, .heading("Prompt and answer"), .text("not kept: the key of this call keeps metadata only", .quiet),
      ]
    }
    var blocks: [Block] = []
    if let system = turn.system, !system.isEmpty { blocks += [.space, .heading("System"), .text(system)] }
    blocks += [.space, .heading("Prompt")]
    blocks.append(turn.prompt.isEmpty ? .text("without text of its own", .quiet) : .text(turn.prompt))
    for response in texts {
      blocks += [.space, .heading("Answer · \(response.lane + 1) \(response.model.text)")]
      if !response.reasoning.isEmpty { blocks.append(.text(response.reasoning, .reasoning)) }
      if !response.text.isEmpty { blocks.append(.text(response.text)) }
      blocks += response.toolCalls.map { .text("\($0.name) \($0.arguments)", .code) }
    }
    if texts.isEmpty { blocks += [.space, .heading("Answer"), .text("nothing has come", .quiet)] }
    return blocks
  }
}
