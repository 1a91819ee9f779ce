import Core
import GRDB

extension Store {
  /// The last calls that have ended here, oldest first, for a router to begin with. Without those of turns whose vote is still
  /// open, and without what was imported: other machines have other times.
  public func routeObservations(last count: Int = 2000) throws(StoreError) -> [RouteObservation] {
    try read { db in
      let document = JSONDocument()
      var observations: [RouteObservation] = []
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT r.created, r.provider, r.model, r.parameters, r.state, r.usage_input, r.usage_cache_read, r.usage_output,
            r.usage_reasoning, r.ttft, r.ttfo, r.end, r.chunks, r.chunks_first_read, r.tokens_first_read,
            CASE WHEN json_valid(t.route) THEN json_extract(t.route, '$.name') END AS route
          FROM response r JOIN turn t ON t.session = r.session AND t.number = r.turn
          WHERE r.finished IS NOT NULL AND r.origin IS NULL AND r.ttft IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM blind b WHERE b.session = r.session AND b.turn = r.turn AND b.revealed IS NULL)
          ORDER BY r.id DESC LIMIT ?
          """, arguments: [count])
      while let row = try rows.next() {
        var one = RouteObservation(model: row.model, route: row.text("route"), created: row.date("created") ?? 0)
        one.effort = row.text("parameters").flatMap { try? document.parse($0) }.flatMap { Parameters(json: $0).effort }
        (one.input, one.cacheRead) = (row.tokens("usage_input") ?? 0, row.tokens("usage_cache_read") ?? 0)
        (one.output, one.reasoning) = (row.tokens("usage_output") ?? 0, row.tokens("usage_reasoning") ?? 0)
        one.isWhole = row.state.isFinish
        one.firstAnswer = row.duration("ttfo")
        var timing = Timing()
        (timing.firstToken, timing.end) = (row.duration("ttft"), row.duration("end"))
        (timing.chunks, timing.chunksInFirstRead) = (row.count("chunks") ?? 0, row.count("chunks_first_read") ?? 0)
        timing.tokensInFirstRead = row.tokens("tokens_first_read")
        one.tokensPerSecond = timing.tokensPerSecond(outputTokens: one.output)
        observations.append(one)
      }
      return observations.reversed()
    }
  }
}
