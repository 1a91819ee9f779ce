import Core
import GRDB

extension Store {
  /// The last calls that have ended here, oldest first, for a router to begin with. Without those of turns whose vote is still
  /// open, and without what was imported: other machines have other times.
  public func routeObservations(last count: Int = 2000) throws(StoreError) -> [RouteObservation] {
    try read { db in
      var observations: [RouteObservation] = []
      try Tables.response.each(
        db,
        """
        SELECT r.created, r.provider, r.model, r.parameters, r.state, r.usage_input, r.usage_cache_read, r.usage_output,
          r.usage_reasoning, r.ttft, r.ttfo, r.end, r.chunks, r.chunks_first_read, r.tokens_first_read,
          CASE WHEN json_valid(t.route) THEN json_extract(t.route, '$.name') END AS route
        FROM response r JOIN turn t ON t.session = r.session AND t.number = r.turn
        WHERE r.finished IS NOT NULL AND r.origin IS NULL AND r.ttft IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM blind b WHERE b.session = r.session AND b.turn = r.turn AND b.revealed IS NULL)
        ORDER BY r.id DESC LIMIT ?
        """, [count]
      ) { stored, row in
        let response = stored.response
        var one = RouteObservation(model: response.model, route: row.text("route"), created: stored.created)
        one.effort = response.parameters.effort
        (one.input, one.cacheRead) = (response.usage.input, response.usage.cacheRead)
        (one.output, one.reasoning) = (response.usage.output, response.usage.reasoning)
        one.isWhole = response.state.isFinish
        one.firstAnswer = response.timing.firstAnswer
        one.tokensPerSecond = response.timing.tokensPerSecond(outputTokens: one.output)
        observations.append(one)
      }
      return observations.reversed()
    }
  }
}
