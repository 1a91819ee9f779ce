import Core
import GRDB

extension Store {
  /// The last answers of a model whose provider has counted their tokens, oldest first: UTF-8 bytes of what came as text, and its
  /// tokens. Imported ones too; without those that called tools, whose words are elsewhere.
  public func tokenLengths(
    of model: ModelID, last count: Int = 20
  ) throws(StoreError) -> [(bytes: Int, tokens: Int)] {
    try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT LENGTH(CAST(text AS BLOB)) AS bytes, LENGTH(CAST(reasoning AS BLOB)) AS thought, usage_output,
            usage_reasoning
          FROM response WHERE provider = ? AND model = ? AND usage_source = 'reported'
            AND state IN ('done', 'truncated') AND finish_reason IN ('stop', 'length') AND usage_details IS NULL
          ORDER BY id DESC LIMIT ?
          """, arguments: [model.provider, model.model, count])
      return rows.reversed().compactMap { row in
        let (bytes, thought) = (row.count("bytes") ?? 0, row.count("thought") ?? 0)
        let tokens = (row.tokens("usage_output") ?? 0) - (thought == 0 ? row.tokens("usage_reasoning") ?? 0 : 0)
        return bytes + thought > 0 && tokens > 0 ? (bytes + thought, tokens) : nil
      }
    }
  }
}
