import ArgumentParser
import Core
import Engine
import Judging

/// Who judges, and for how much.
struct JudgeOptions: ParsableArguments {
  @Option(
    name: .customLong("judge"),
    help: ArgumentHelp(
      "A judge: provider/model; several may be given.", valueName: "model"),
    completion: Completions.models)
  var judges: [String] = []

  @Flag(help: "Let verdicts count although the judge is of the same family as one contestant.")
  var countFamily = false

  @Option(
    name: .customLong("criterion"),
    help: ArgumentHelp("What the judges go by, answerable yes, partly or no; several may be given.", valueName: "text"))
  var criteria: [String] = []

  /// - Parameter isRequired: without one named here or in the config there is nothing to do.
  func lanes(_ setup: Setup, _ engine: Engine, isRequired: Bool) throws(CommandError) -> [Lane] {
    var lanes: [Lane] = []
    for text in judges {
      do throws(InvalidLane) { lanes.append(try Lane(parsing: text)) } catch { throw CommandError(error.message) }
    }
    if lanes.isEmpty, isRequired {
      guard !setup.config.judges.isEmpty else {
        throw CommandError(
          "no judge: name one with --judge provider/model, or set judge: {model: …} in \(setup.paths.config)")
      }
      lanes = setup.config.judges
    }
    for lane in lanes {
      guard let service = engine.service(lane.model.provider) else {
        let hint = nearest(to: lane.model.provider, in: setup.config.services.map(\.id)).map { "; did you mean \($0)?" }
        throw CommandError("no provider ‘\(lane.model.provider)’\(hint ?? ""); furlong providers lists them")
      }
      if let fault = service.fault(inModel: lane.model.model) { throw CommandError(fault) }
      if service.needsKey, !setup.keyFinder.hasKey(service), case .missing(let message) = engine.key(for: service) {
        throw CommandError(message)
      }
    }
    return lanes
  }

  /// The person's own criteria as a brief; nil when there are none.
  var brief: Brief? {
    guard !criteria.isEmpty else { return nil }
    return Brief(ownCriteria: criteria)
  }
}
