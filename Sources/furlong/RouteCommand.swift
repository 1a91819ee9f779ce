import ArgumentParser
import Core
import Engine
import Workbench

struct RouteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "route", abstract: "List the config's routes, or explain whom one would ask. Nothing is sent.",
    discussion: "A route is a name that clients of the gateway ask for in place of a model; see ‘routes’ in the config."
  )

  @Argument(help: "A route, provider/model, or a model that one provider has.", completion: Completions.routes)
  var name: String?

  @Option(help: ArgumentHelp("Decide for this prompt; - reads it from standard input.", valueName: "prompt"))
  var explain: String?

  @Option(help: ArgumentHelp("Who asks, for routes that are sticky by user.", valueName: "user"))
  var user: String?

  @Option(help: ArgumentHelp("The most output tokens the client would allow.", valueName: "tokens"))
  var maxTokens: Int?

  @Flag(help: "Print one JSON document.")
  var json = false

  @OptionGroup var database: DatabaseOptions

  func validate() throws {
    if name == nil, explain != nil {
      throw ValidationError("name a route to explain: furlong route NAME --explain PROMPT")
    }
    if let maxTokens, !(1...Bounds.tokens.upperBound).contains(maxTokens) {
      throw ValidationError("--max-tokens takes a whole number of at least 1, and at most \(Bounds.tokens.upperBound)")
    }
  }

  func run() throws {
    let setup = try Setup(database: database.database)
    if let name, let explain {
      let prompt = explain == "-" ? try RaceCommand.readStandardInput() : explain
      return try self.explain(name, prompt, setup)
    }
    let routes = setup.config.routes
    if let name, routes[name] == nil {
      let hint = nearest(to: name, in: routes.keys.sorted()).map { "; did you mean \($0)?" } ?? ""
      throw CommandError("no route ‘\(VisibleText.line(name))’ in \(setup.paths.config)\(hint)")
    }
    let shown = routes.sorted { $0.key < $1.key }.filter { name == nil || $0.key == name }
    if json {
      let list = shown.map { name, route -> JSON in
        [
          "route": .string(name), "kind": .string(route.kind), "definition": .string(route.text),
          "models": .array(route.lanes.map { .string($0.text) }), "routes": .array(route.names.map { .string($0) }),
        ]
      }
      return Console.output(JSON.array(list).serialized(indented: true))
    }
    if shown.isEmpty {
      return Console.error("No routes in \(setup.paths.config): put them under ‘routes’, as the README shows.")
    }
    let rows = shown.map { [VisibleText.line($0), $1.kind, VisibleText.line($1.text)] }
    for line in TextTable.lines(header: ["route", "kind", "as the config has it"], rows: rows) { Console.output(line) }
  }

  private func explain(_ name: String, _ prompt: String, _ setup: Setup) throws {
    let router = try setup.makeRouter(store: try setup.openStore())
    // The same question is always answered the same way.
    let request = RouteRequest(
      call: "explain", input: (prompt.utf8.count + 3) / 4, maxTokens: maxTokens, user: user)
    let decision: RouteDecision
    do throws(RouteFault) { decision = try router.decide(name, request: request).get() } catch {
      throw CommandError(error.message)
    }
    if json { return Console.output(decision.explanation(input: request.input).serialized(indented: true)) }
    Console.output("\(VisibleText.line(name)): \(request.input) tokens by estimate")
    for line in RouteText.lines(decision.reasons) { Console.output(line) }
    if !decision.shadows.isEmpty {
      Console.output("asked unseen: \(VisibleText.line(decision.shadows.map(\.text).joined(separator: ", ")))")
    }
    if let judge = decision.judge { Console.output("compared by: \(VisibleText.line(judge.text))") }
    Console.output(RouteText.why(decision.reasons))
  }
}

/// The reasons of a decision, as commands print them.
enum RouteText {
  static func lines(_ reasons: JSON) -> [String] {
    TextTable.lines(header: RouteLines.header, rows: RouteLines.rows(reasons), numeric: RouteLines.numeric)
  }

  /// Of a call that came through the gateway: what it asked for, whom that came to, and why.
  static func explanation(_ route: JSON) -> [String] {
    let reasons = route["reasons"] ?? .null
    return ["route: " + VisibleText.line(RouteLines.asked(route))]
      + (RouteLines.rows(reasons).isEmpty ? [] : lines(reasons).map { "   " + $0 })
      + (RouteLines.why(reasons).isEmpty ? [] : ["   " + why(reasons)])
  }

  static func why(_ reasons: JSON) -> String { "why: \(VisibleText.line(RouteLines.why(reasons)))" }
}

extension RouteDecision {
  fileprivate func explanation(input: Int) -> JSON {
    [
      "name": .string(name), "input": .int(input), "lanes": .array(lanes.map { .string($0.text) }),
      "order": Self.json(order), "shadows": .array(shadows.map { .string($0.text) }), "judge": .optional(judge?.text),
      "reasons": reasons,
    ]
  }

  private static func json(_ order: StartOrder) -> JSON {
    switch order {
    case .lane(let number): .int(number)
    case .inTurn(let steps): ["in_turn": .array(steps.map(json))]
    case .together(let runners, let hedge):
      ["together": .array(runners.map(json)), "hedge_ms": hedge.map { .double(Double($0) / 1e6) } ?? .null]
    }
  }
}
