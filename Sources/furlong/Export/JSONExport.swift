import Core
import Judging
import Store
import Workbench

/// Sessions as a document for programs: the contract of `race --json` for each turn, and everything that is kept beside it.
/// One session is an object, several are an array.
struct JSONExport {
  let sessions: [ExportedSession]

  var text: String {
    let documents = sessions.map(document)
    return (documents.count == 1 ? documents[0] : .array(documents)).serialized(indented: true) + "\n"
  }

  private func document(_ exported: ExportedSession) -> JSON {
    let session = exported.session
    return [
      "session": .string(session.id), "title": .string(session.title), "created": .string(isoTime(session.created)),
      "purpose": .string(session.purpose.rawValue), "rule": .string(session.rule.rawValue),
      // Who may be behind a blind answer is not told.
      "lanes": exported.hasBlindTurn
        ? .null
        : .array(
          session.lanes.map { lane in
            [
              "model": .string(lane.model.text), "parameters": lane.parameters.json, "system": .optional(lane.system),
              "variant": .optional(lane.variant),
              "dropped": .bool(lane.isDropped),
            ]
          }),
      "turns": .array(exported.parts.map { turn($0, exported) }),
    ]
  }

  private func turn(_ part: ExportedSession.Part, _ exported: ExportedSession) -> JSON {
    let turn = part.turn
    var document: JSON
    if let trial = exported.trial(part) {
      document = trial.blindDocument
    } else {
      let race = RaceDocument(session: exported.session.id, turn: turn, outcome: part.outcome)
      document = race.json
      document["marks"] = race.marks
      if let responses = latest(part) { document["responses"] = responses }
      let earlier = part.answers.filter { $0.response.generation != turn.responses[$0.response.lane]?.generation }
      document["earlier_generations"] = .array(earlier.map(Self.response))
      document["votes"] = .array(part.votes.map(Self.vote))
      document["verdicts"] = .array(part.judgements.map { Self.verdict($0, part.tables[$0.id]) })
      document["fits"] = .array(part.fits.map(RaceDocument.fit))
      document["continued"] = turn.continued.map { .int($0) } ?? .null
      document["disagreement"] = part.note.disagreement.map(JSON.double) ?? .null
    }
    document["prompt"] = .string(turn.prompt)
    document["created"] = .string(isoTime(part.note.created))
    document["system"] = .optional(turn.system)
    document["item"] = .optional(turn.item)
    document["tags"] = .array(turn.tags.map { .string($0) })
    document["files"] = .array(
      turn.attachments.map { file in
        [
          "name": .string(file.name), "media_type": .string(file.mediaType), "bytes": .int(file.data.count),
          "base64": .string(file.base64),
        ]
      })
    return document
  }

  private func latest(_ part: ExportedSession.Part) -> JSON? {
    .array(part.responses.compactMap { part.answer($0.lane) }.map(Self.response))
  }

  /// What `race --json` says of a response, and more.
  static func response(_ answer: StoredAnswer) -> JSON {
    let response = answer.response
    var document = RaceDocument.response(response)
    document["generation"] = .int(response.generation)
    document["created"] = .string(isoTime(answer.created))
    document["finished"] = .optional(answer.finished.map(isoTime))
    document["system"] = .optional(response.system)
    document["simulated"] = .bool(response.isSimulated)
    document["shares_machine"] = .bool(response.sharesMachine)
    document["notices"] = .array(response.notices.map { .string($0) })
    document["origin"] = .optional(answer.origin)
    document["token_classes"] = .object(
      response.usage.classes.map { JSON.Member(name: $0.kind.rawValue, value: .int($0.count)) })
    document["variant"] = .object(
      response.usage.variant.sorted { $0.key < $1.key }.map { JSON.Member(name: $0.key, value: .string($0.value)) })
    document["receipt"] = receipt(response)
    document["usage_raw"] = .optional(response.usage.raw)
    document["server_timings"] = .optional(response.usage.rawTimings)
    document["request"] = .optional(answer.request)
    // Milliseconds since sent, length in bytes, channel.
    document["arrivals"] = .array(
      answer.arrivals.map { chunk in
        [
          .double(Double(chunk.microseconds) / 1000), .int(chunk.length),
          chunk.channel == .reasoning ? "reasoning" : "answer",
        ]
      })
    return document
  }

  static func receipt(_ response: Response) -> JSON {
    let cost = response.cost
    let charge = cost.price?.charge(for: response.usage)
    return [
      "lines": .array(
        (charge?.lines ?? []).map { line in
          [
            "class": .string(line.kind.rawValue), "count": .int(line.count), "rate": .string(line.rate.dollars),
            "tier": line.rate.tier.map { .int($0) } ?? .null, "variant": .optional(line.rate.variant),
            "source": .optional(line.rate.source ?? cost.price?.source), "usd": .string(line.amount.decimalText),
          ]
        }),
      "unpriced": .array((charge?.unpriced ?? []).map { .string($0.rawValue) }),
      "lowest_usd": .optional(cost.lowest?.decimalText), "highest_usd": .optional(cost.highest?.decimalText),
      "reported_is_charge": .bool(cost.reportedIsCharge), "difference_usd": .optional(cost.difference?.decimalText),
    ]
  }

  private static func vote(_ vote: Vote) -> JSON {
    [
      "id": .string(vote.id), "created": .string(isoTime(vote.created)), "left": .int(vote.left.lane),
      "left_generation": .int(vote.left.generation), "right": .int(vote.right.lane),
      "right_generation": .int(vote.right.generation), "choice": .string(vote.choice.rawValue),
      "repeats": .optional(vote.repeats), "assignment": .string(vote.assignment),
      "seconds": vote.time.map { .double(Double($0 / 1_000_000) / 1000) } ?? .null,
      "note": .optional(vote.note), "implied_by": .optional(vote.impliedBy),
    ]
  }

  private static func verdict(_ judgement: Judgement, _ table: VerdictTable?) -> JSON {
    var document = JudgeText.json(judgement, table)
    document["created"] = .string(isoTime(judgement.created))
    document["a_generation"] = .int(judgement.a.generation)
    document["b_generation"] = .int(judgement.b.generation)
    document["confirmed"] = .bool(judgement.isConfirmed)
    document["set_aside"] = .bool(judgement.isSetAside)
    document["brief"] = .optional(judgement.brief)
    document["calls"] = .array(judgement.calls.map { .string($0) })
    return document
  }
}
