import Core

/// docs/schema.md, for a person who wants to ask a database of their own: made of the tables as they are described.
public enum SchemaPage {
  public static var text: String {
    let questions = Example.all.map { "\($0.question)\n\n```sql\n\($0.sql);\n```" }
    let groups = Tables.groups.map { group in
      (["## \(group.title)"] + group.tables.map(section)).joined(separator: "\n\n")
    }
    return ([head, "## Five questions"] + questions + groups).joined(separator: "\n\n")
  }

  private static let head = """
    # The database

    Everything is in one SQLite file of yours: `~/.local/share/furlong/furlong.db`, or where `XDG_DATA_HOME`, `FURLONG_DB` or `--db` puts it. Any SQLite
    reads it, while Furlong runs as well:

    ```sh
    sqlite3 -readonly -box ~/.local/share/furlong/furlong.db "SELECT id, title FROM session ORDER BY created DESC LIMIT 5"
    ```

    Only read: what is worked out and what is searched is kept up to date for Furlong's own changes. A later version may add tables and columns. This page is
    printed by `furlong sessions schema`, from what the program itself goes by.

    * Money is whole pico-dollars: divide by `1e12` for US dollars.
    * Dates are seconds since 1970: `datetime(created, 'unixepoch', 'localtime')`. Times of a call are nanoseconds since *sent*, just before the
      request's first byte, on the monotonic clock: divide by `1e6` for milliseconds.
    * NULL means that nobody knows, never 0.
    * Lanes are counted from 0; the screen counts from 1. A lane's text is the model with its parameters, as in `openai/gpt-5.6,effort=high`.
    * An answer is named by session, turn, lane and generation. The last generation of a lane is the one that is shown.
    * Sessions with a `summary.deleted` do not count any more. Once emptied their words are gone; the receipts of their calls stay, for money
      spent is spent.
    * Keys of providers are not kept in it.
    """

  private static func section(_ table: StoredTableDescription) -> String {
    let rows = table.columns.map { "| `\($0.name)` | \($0.form) | \($0.meaning.replacing("|", with: "\\|")) |" }
    return """
      ### `\(table.name)`

      \(table.meaning)\(travel(table))

      | column | holds | meaning |
      | --- | --- | --- |
      \(rows.joined(separator: "\n"))
      """
  }

  /// What of it is in a session file.
  private static func travel(_ table: StoredTableDescription) -> String {
    guard StoredTable.allCases.contains(where: { $0.name == table.name }) else { return "" }
    let staying = table.columns.filter(\.stays).map { "`\($0.name)`" }
    return staying.isEmpty
      ? " A session file has all of it." : " A session file has all of it but \(staying.joined(separator: ", "))."
  }
}

extension StoredColumn {
  /// `integer: pico-dollars, or NULL`.
  fileprivate var form: String {
    kind.sqlType.lowercased() + (kind.unit.map { ": \($0)" } ?? "") + (isNullable ? ", or NULL" : "")
  }
}

extension ColumnKind {
  fileprivate var unit: String? {
    switch self {
    case .rowNumber: "number of a row"
    case .id: "id"
    case .digest: "SHA-256 in hexadecimal"
    case .date: "seconds since 1970"
    case .day: "days since 1970, UTC"
    case .duration: "nanoseconds"
    case .tokens: "tokens"
    case .lane: "lane, from 0"
    case .flag: "0 or 1"
    case .money, .sum: "pico-dollars"
    case .share: "0 to 1"
    case .process: "process id and start"
    case .label(let words), .word(let words): words.map { "`\($0)`" }.joined(separator: ", ")
    case .json(.object): "JSON object"
    case .json(.array): "JSON array"
    case .count, .text, .bytes: nil
    }
  }
}

extension SchemaPage {
  /// A question to a database, and how it is asked.
  struct Example {
    let question: String
    let sql: String

    static let all = [
      Example(
        question: "What has each model cost this month, in dollars?",
        sql: """
          SELECT provider || '/' || model AS model, COUNT(*) AS calls, TOTAL(cost) / 1e12 AS dollars,
            SUM(cost IS NULL) AS unknown
          FROM response
          WHERE created >= CAST(strftime('%s', 'now', 'start of month') AS INTEGER) AND origin IS NULL
          GROUP BY provider, model ORDER BY dollars DESC
          """),
      Example(
        question: "How long does each take to its first token: the median, in milliseconds?",
        sql: """
          WITH ranked AS (
            SELECT provider || '/' || model AS model, ttft,
              ROW_NUMBER() OVER (PARTITION BY provider, model ORDER BY ttft) AS place,
              COUNT(*) OVER (PARTITION BY provider, model) AS calls
            FROM response WHERE ttft IS NOT NULL)
          SELECT model, calls, AVG(ttft) / 1e6 AS milliseconds FROM ranked
          WHERE place BETWEEN calls / 2.0 AND calls / 2.0 + 1
          GROUP BY model ORDER BY milliseconds
          """),
      Example(
        question: "Whose answers have I preferred to whose?",
        sql: """
          SELECT w.provider || '/' || w.model AS winner, l.provider || '/' || l.model AS loser, COUNT(*) AS votes
          FROM vote v JOIN blind b ON b.id = v.assignment AND b.revealed IS NOT NULL
          JOIN response w ON w.session = v.session AND w.turn = v.turn
            AND w.lane = iif(v.choice = 'left', v.left_lane, v.right_lane)
            AND w.generation = iif(v.choice = 'left', v.left_generation, v.right_generation)
          JOIN response l ON l.session = v.session AND l.turn = v.turn
            AND l.lane = iif(v.choice = 'left', v.right_lane, v.left_lane)
            AND l.generation = iif(v.choice = 'left', v.right_generation, v.left_generation)
          WHERE v.choice IN ('left', 'right') AND v.id NOT IN (SELECT vote FROM vote_undone)
          GROUP BY 1, 2 ORDER BY votes DESC
          """),
      Example(
        question: "Why have answers failed?",
        sql: """
          SELECT provider || '/' || model AS model, json_extract(error, '$.kind') AS kind, COUNT(*) AS answers
          FROM response WHERE state IN ('failed', 'cut') AND error IS NOT NULL
          GROUP BY 1, 2 ORDER BY answers DESC
          """),
      Example(
        question: "Where was something said about tides?",
        sql: """
          SELECT datetime(t.created, 'unixepoch', 'localtime') AS asked, d.session, d.turn,
            snippet(search, -1, '[', ']', '…', 12) AS words
          FROM search JOIN document d ON d.id = search.rowid
          JOIN turn t ON t.session = d.session AND t.number = d.turn
          WHERE search MATCH 'tides' ORDER BY t.created DESC LIMIT 20
          """),
    ]
  }
}
