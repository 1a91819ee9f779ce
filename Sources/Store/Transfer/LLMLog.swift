import Core
import Foundation
import GRDB

/// The log database of Simon Willison's `llm`: conversations with their responses, and from 0.36 on threads with turns over a
/// tree of messages. Only read, and whatever it holds is taken for what it says it is only after a look at its type.
public struct LLMLog {
  public static let origin = "llm"

  private let resolve: (String) -> ModelID
  private var threads: [String: Thread] = [:]
  private var order: [String] = []

  private struct Thread {
    var title = ""
    var calls: [Call] = []
  }

  /// One answer, whichever tables it is from.
  private struct Call {
    var id = ""
    var model = ""
    var resolved: String?
    var prompt = ""
    var system: String?
    var answer = ""
    var reasoning = ""
    var options: String?
    var files: [Attachment] = []
    var notices: [String] = []
    var input: Int?
    var output: Int?
    var details: String?
    var milliseconds: Int64?
    var date: Int64 = 0
  }

  /// Whether these bytes are a SQLite database.
  public static func isLikely(_ bytes: some Collection<UInt8>) -> Bool { bytes.starts(with: "SQLite format 3\0".utf8) }

  /// - Parameter resolve: a model's name there as a model here.
  /// - Throws: `InvalidFile`, with the place.
  public static func sessions(path: String, resolve: @escaping (String) -> ModelID) throws(InvalidFile) -> [SessionRows]
  {
    do {
      var configuration = Configuration()
      configuration.readonly = true
      configuration.busyMode = .timeout(5)
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      return try queue.read { db in
        var log = LLMLog(resolve: resolve)
        let tables = ["responses", "turns"].filter { (try? db.tableExists($0)) == true }
        guard !tables.isEmpty else {
          throw InvalidFile("it is a database, but not of llm: it has neither a table ‘responses’ nor ‘turns’")
        }
        if tables.contains("responses") { try log.readResponses(db) }
        if tables.contains("turns") { try log.readTurns(db) }
        return try log.order.compactMap { try log.rows($0) }
      }
    } catch let error as InvalidFile {
      throw error
    } catch {
      throw InvalidFile(
        "it could not be read as a database of llm: \((error as? DatabaseError)?.message ?? "\(error)")")
    }
  }

  private init(resolve: @escaping (String) -> ModelID) { self.resolve = resolve }

  // MARK: Until 0.35

  private mutating func readResponses(_ db: Database) throws {
    let names = try LLMTable("conversations", db).all("name").reduce(into: [:]) { $0[$1.id] = $1.text }
    let fragments = try LLMTable.fragments(db)
    for row in try LLMTable("responses", db).rows(order: "rowid") {
      guard let id = row.text("id") else { throw InvalidFile("a row of ‘responses’ has no id") }
      var call = try Self.call(row, id, "responses")
      call.prompt = (try fragments.of("prompt_fragments", id, db) + [row.text("prompt") ?? ""])
        .filter { !$0.isEmpty }.joined(separator: "\n")
      let system = (try fragments.of("system_fragments", id, db) + [row.text("system") ?? ""]).filter { !$0.isEmpty }
      call.system = system.isEmpty ? nil : system.joined(separator: "\n")
      call.answer = row.text("response") ?? ""
      call.reasoning = row.text("reasoning") ?? ""
      call.files = try LLMTable.attachments(of: id, db, &call.notices)
      for tool in try LLMTable("tool_calls", db).rows(where: "response_id", is: id) {
        call.notices.append("called \(tool.text("name") ?? "a tool")(\(tool.text("arguments") ?? ""))")
      }
      // A response that was logged outside of any conversation is one of its own.
      let thread = row.text("conversation_id") ?? id
      add(call, thread, title: names[thread])
    }
  }

  private static func call(_ row: LLMTable.Line, _ id: String, _ table: String) throws -> Call {
    var call = Call(id: id)
    guard let date = row.text("datetime_utc").flatMap({ secondsSince1970(isoTime: $0) }) else {
      throw InvalidFile("\(table), id \(id): datetime_utc is no time")
    }
    call.date = date
    call.model = row.text("model") ?? ""
    call.resolved = row.text("resolved_model")
    call.options = row.text("options_json")
    (call.input, call.output) = (row.tokens("input_tokens"), row.tokens("output_tokens"))
    for name in ["input_tokens", "output_tokens"] where row.tokens(name) == nil {
      if let number = row.integer(name) { call.notices.append("\(name) \(number) is out of range: left out") }
    }
    call.details = row.text("token_details")
    call.milliseconds = row.count("duration_ms").map(Int64.init)
    return call
  }

  private mutating func add(_ call: Call, _ thread: String, title: String?) {
    if threads[thread] == nil {
      order.append(thread)
      threads[thread] = Thread(title: title ?? "")
    }
    if threads[thread]?.calls.contains(where: { $0.id == call.id }) == true { return }
    threads[thread]?.calls.append(call)
  }

  // MARK: From 0.36 on

  private mutating func readTurns(_ db: Database) throws {
    let names = try LLMTable("threads", db).all("name").reduce(into: [:]) { $0[$1.id] = $1.text }
    let tree = try LLMTree(db)
    for row in try LLMTable("turns", db).rows(order: "rowid") {
      guard let id = row.text("id") else { throw InvalidFile("a row of ‘turns’ has no id") }
      var call = try Self.call(row, id, "turns")
      let parent = row.text("parent_message_hash")
      let asked = try tree.chain(from: parent, to: nil)
      let written = try tree.chain(from: row.text("tip_message_hash"), to: parent)
      call.system = asked.last { $0.role == "system" }?.text
      let lastAnswer = asked.lastIndex { $0.role == "assistant" } ?? -1
      let prompt = asked[(lastAnswer + 1)...].filter { $0.role != "system" }
      call.prompt = prompt.map(\.text).filter { !$0.isEmpty }.joined(separator: "\n\n")
      call.files = prompt.flatMap(\.files)
      call.answer = written.map(\.text).filter { !$0.isEmpty }.joined(separator: "\n\n")
      call.reasoning = written.map(\.reasoning).joined()
      call.notices = (prompt + written).flatMap(\.notices)
      let thread = row.text("thread_id") ?? id
      add(call, thread, title: names[thread])
    }
  }

  // MARK: Out of it

  /// Each model is a lane, and every turn goes on from the one answer that the turn before has.
  private func rows(_ name: String) throws -> SessionRows? {
    guard let thread = threads[name], let first = thread.calls.first else { return nil }
    let calls = thread.calls.enumerated().sorted { ($0.element.date, $0.offset) < ($1.element.date, $1.offset) }
      .map(\.element)
    let document = JSONDocument()
    var lanes: [Lane] = []
    var turns: [(turn: Turn, created: Int64, answers: [ForeignSession.Answer])] = []
    for (index, call) in calls.enumerated() {
      let model = resolve(call.model)
      let options = (try? document.parse(call.options ?? "")).map { Parameters(json: $0) } ?? Parameters()
      let lane = lanes.firstIndex { $0.model == model } ?? lanes.count
      if lane == lanes.count { lanes.append(Lane(model: model, parameters: options)) }
      var turn = Turn(
        number: index + 1, prompt: call.prompt, system: call.system, attachments: call.files, rule: .all)
      turn.continued = lane
      let response = response(call, lane: lane, model: model, options)
      turns.append((turn, call.date, [ForeignSession.Answer(response, created: call.date)]))
    }
    guard lanes.count <= StoredColumn.mostLanes else {
      throw InvalidFile("conversation \(name) has \(lanes.count) models, and \(StoredColumn.mostLanes) are the most")
    }
    // The last ones are asked when the thread goes on.
    for lane in lanes.indices.dropLast(9) { lanes[lane].isDropped = true }
    let prompt = first.prompt.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    var session = ForeignSession(
      origin: Self.origin, name: name, created: calls[0].date,
      title: thread.title.isEmpty ? String(prompt.prefix(80)) : thread.title, purpose: .lane, lanes: lanes)
    session.turns = turns
    return SessionRows(session)
  }

  private func response(_ call: Call, lane: Int, model: ModelID, _ options: Parameters) -> Response {
    var response = Response(lane: lane, model: model, parameters: options)
    response.state = .done
    response.modelReported = call.resolved
    response.text = call.answer
    response.reasoning = call.reasoning
    response.notices = call.notices
    response.timing.end = call.milliseconds.map { $0.multipliedSaturating(by: 1_000_000) }.flatMap {
      Bounds.durations.contains($0) ? $0 : nil
    }
    if call.input != nil || call.output != nil {
      response.usage.input = call.input ?? 0
      response.usage.output = call.output ?? 0
      response.usage.raw = call.details
      // Both spellings of the details that providers report, as llm keeps them.
      let details = try? JSONDocument().parse(call.details ?? "")
      response.usage.reasoning =
        details?["completion_tokens_details"]?["reasoning_tokens"]?.tokens
        ?? details?["output_tokens_details"]?["reasoning_tokens"]?.tokens ?? 0
      response.usage.cacheRead =
        details?["prompt_tokens_details"]?["cached_tokens"]?.tokens ?? details?["cache_read_input_tokens"]?.tokens ?? 0
    } else {
      response.usage = Usage.estimated(
        inputBytes: call.prompt.utf8.count + (call.system?.utf8.count ?? 0), outputBytes: call.answer.utf8.count,
        reasoningBytes: call.reasoning.utf8.count)
    }
    return response
  }
}
