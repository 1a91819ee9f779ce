import Core
import Judging
import Terminal

extension Action {
  static let fuse = Action("fuse")
}

/// One more answer, to be written from those of the turn in view.
public struct Fusion: Equatable, Sendable {
  /// Who writes it.
  var lane: Lane
  /// All that is asked, the answers in it.
  var prompt: String
}

extension State {
  mutating func chooseFusion() -> [Command] {
    guard session.purpose != .batch else {
      return tell("a data set's answers are not fused: its variants stay what they are")
    }
    guard shown.count < Self.mostLanes else { return tell("nine lanes at most") }
    let items = FusionRecipe.all.map { ChoiceList.Item(title: $0.name, detail: $0.meaning, value: $0.name) }
    open(ChoiceList(.fuse, title: "Fuse the answers: choose, or type an instruction", items: items))
    return []
  }

  mutating func chooseFuser(_ recipe: FusionRecipe) -> [Command] {
    let title = "Who writes it: \(VisibleText.line(recipe.name))"
    open(ChoiceList(.fuseBy(recipe), title: title, items: fusers, isLoading: true))
    return [.loadModels]
  }

  /// The models of the lanes, that of the focused one first.
  var fusers: [ChoiceList.Item] {
    var texts: [String] = []
    for lane in [focus] + asked where lanes.indices.contains(lane) && !texts.contains(lanes[lane].text) {
      texts.append(lanes[lane].text)
    }
    return texts.map { ChoiceList.Item(title: $0, detail: "a lane here", value: $0) }
  }

  /// Answers that can be fused: those that were raced and have come.
  private var fusible: [Response] {
    (turn?.raced ?? []).filter { $0.state.isOver && !$0.text.isEmpty && shown.contains($0.lane) }
      .sorted { $0.lane < $1.lane }
  }

  /// - Returns: what has to be worked out or asked; a person with a budget is asked before it is passed.
  mutating func fuse(_ recipe: FusionRecipe, by model: Lane) -> [Command] {
    guard let turn, fusible.count > 1, !isStreaming else { return tell("two answers are needed, and lanes at rest") }
    var lane = model
    let numbers = fusible.map { "\($0.lane + 1)" }.joined(separator: ", ")
    (lane.variant, lane.isFusion) = ("fused from \(numbers): \(recipe.name)", true)
    let models = lanes.map(\.model)
    let answers = fusible.map { (number: $0.lane + 1, text: Makers.mask($0.text, models: models)) }
    let nonce = FusionPrompt.nonce(not: answers.map(\.text) + [turn.prompt], using: &moment.random)
    let fusion = Fusion(
      lane: lane, prompt: FusionPrompt.text(recipe, request: turn.prompt, answers: answers, nonce: nonce))
    guard !money.budget.isEmpty else { return fuseNow(fusion) }
    var trial = self.sessionInView
    let number = trial.add(fusion)
    return [.estimate(trial, .fuse(fusion), lanes: [number], spent: spentThisTurn)]
  }

  mutating func fuseNow(_ fusion: Fusion) -> [Command] {
    guard let index = turnIndex, !isStreaming else { return [] }
    let lane = lanes.count
    session.lanes.append(fusion.lane)
    var response = Response(lane: lane, model: fusion.lane.model, parameters: fusion.lane.parameters)
    (response.generation, response.prompt) = (0, fusion.prompt)
    session.turns[index].responses[lane] = response
    let commands = askNow([lane])
    guard !commands.isEmpty else {
      session.turns[index].responses[lane] = nil
      session.lanes.removeLast()
      return []
    }
    (focus, place) = (lane, .lanes)
    message = "lane \(lane + 1) is written from the others"
    return saveSetup + commands
  }
}

extension Session {
  /// - Returns: the number of its lane, in the last turn.
  fileprivate mutating func add(_ fusion: Fusion) -> Int {
    lanes.append(fusion.lane)
    guard let last = turns.indices.last else { return lanes.count - 1 }
    var response = Response(lane: lanes.count - 1, model: fusion.lane.model, parameters: fusion.lane.parameters)
    response.prompt = fusion.prompt
    turns[last].responses[lanes.count - 1] = response
    return lanes.count - 1
  }
}
