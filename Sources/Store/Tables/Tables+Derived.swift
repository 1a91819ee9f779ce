import Core

/// What triggers keep up to date from the other tables, so that lists and searches need not read those.
extension Tables {
  static let summary = StoredTableDescription(
    name: "summary", meaning: "One row for each session, worked out by triggers from its turns, answers and votes.",
    columns: [
      StoredColumn("session", .id, "the session"),
      StoredColumn("created", .date, "as in `session`"),
      StoredColumn("purpose", .word(Purpose.allCases.map(\.rawValue)), "as in `session`"),
      StoredColumn("turns", .count(), "how many"),
      StoredColumn("calls", .count(), "answers that were asked for"),
      StoredColumn("open", .count(), "of these: still coming"),
      StoredColumn("cost", .sum, "the known costs added up"),
      StoredColumn("unknown", .count(), "answers whose cost nobody knows"),
      StoredColumn("votes", .count(), "that were not taken back"),
      StoredColumn("disagreement", .share, "the most of its turns"),
      StoredColumn("models", .text, "`provider/model`, each once, with a blank on both sides"),
      StoredColumn("states", .text, "of its answers, so too"),
      StoredColumn("tags", .json(.array), "of all its turns"),
      StoredColumn("winner", .text, "`provider/model` of the last turn's winner").nullable,
      StoredColumn(
        "deleted", .text, "NULL, or the process that has deleted it; `emptied`: its words are gone, its receipts stay"
      ).nullable,
    ])

  static let usedModel = StoredTableDescription(
    name: "used_model", meaning: "One row for each model that has been a lane.",
    columns: [
      StoredColumn("provider", .text, "who offers it"), StoredColumn("model", .text, "its name there"),
      StoredColumn("last", .rowNumber, "`response.id` of the last time"),
    ])

  static let document = StoredTableDescription(
    name: "document",
    meaning:
      "One row for each prompt and each answer that is searched; `search` has its words, and `grams` pairs of neighbouring signs of scripts without blanks.",
    columns: [
      StoredColumn("id", .rowNumber, "`search.rowid`"),
      StoredColumn("session", .id, "where it is from"),
      StoredColumn("turn", .count(), "`turn.number`"),
      StoredColumn("response", .rowNumber, "`response.id`; 0: it is the prompt"),
    ])

  static let gramsState = StoredTableDescription(
    name: "grams_state", meaning: "One row: how far `grams` has come.",
    columns: [StoredColumn("done", .rowNumber, "the last `document.id` that is in it")])

  static let titled = StoredTableDescription(
    name: "titled", meaning: "One row for each session whose title is not the beginning of its prompt.",
    columns: [StoredColumn("session", .id, "the session")])
}

extension Tables {
  /// In the order in which people read about them.
  static let groups: [(title: String, tables: [StoredTableDescription])] = [
    (
      "Sessions and answers",
      [
        session.description, turn.description, response.description, attachment.description, plan.description,
        lineup.description,
      ]
    ),
    (
      "Votes and judges",
      [
        blind.description, vote.description, voteUndone.description, pick.description, brief.description,
        judgement.description,
        judgementConfirmed.description, fit.description, card.description,
      ]
    ),
    ("The gateway", [gatewayKey.description, gatewaySpending.description, unkeptCost.description]),
    ("Worked out from the others", [summary, usedModel, document, gramsState, titled]),
    ("On the way", [part.description, announcement.description, hold.description, writer.description]),
  ]

  static var all: [StoredTableDescription] { groups.flatMap(\.tables) }
}
