import Core
import TestSupport
import Testing

@testable import Engine

/// Names, races, splits, mirrors and routes in routes.
@Suite(.ownThreads) struct RoutingTests {
  private func fault(_ trial: RoutingTrial, _ name: String) -> RouteFault? {
    guard case .failure(let fault) = trial.router.decide(name, request: trial.request()) else { return nil }
    return fault
  }

  @Test func modelsAreAskedForByTheirWholeNameOrByOneThatOnlyOneProviderHas() throws {
    let trial = RoutingTrial(["quick": try .of("box/m")])
    let named = try trial.decide("a/anything,temperature=0.5")
    #expect(named.lanes == [try Lane(parsing: "a/anything,temperature=0.5")] && named.order == .lane(0))
    #expect(named.reasons["kind"] == "model" && named.why == "asked for by its name")
    #expect(try trial.order("thinker,effort=low") == ["a/thinker,effort=low"], "expected the only provider that has it")
    #expect(try trial.order("small-2026") == ["a/small-2026"], "expected a dated name by its record's pattern")
    #expect(try trial.order("m") == ["box/m"], "expected the models of routes to be known")
    #expect(try trial.order("quick") == ["box/m"], "expected another name for a model")
    trial.router.learn(models: ["org/listed"], of: "box")
    #expect(try trial.order("org/listed") == ["box/org/listed"], "expected what a server lists to be known")
  }

  @Test func namesThatMeanNothingOrTooMuchAreExplained() throws {
    let trial = RoutingTrial(["quick": try .of("box/m"), "alias": .named("quick")])
    #expect(try trial.decide("alias").why == "alias stands for it", "expected a name of a name to be explained")
    let several = try #require(self.fault(trial, "plain"))
    #expect(several.kind == .ambiguous && several.candidates == ["a/plain", "b/plain"], "expected those with a key")
    #expect(several.message.contains("a/plain, b/plain"), "expected both names: \(several.message)")
    let keyless = try #require(self.fault(trial, "only-there"))
    #expect(keyless.message.contains("no key is there"), "expected what is missing: \(keyless.message)")
    for (name, near) in [("quikc", "quick"), ("thnker", "thinker"), ("boxx/m", "box/m")] {
      let fault = try #require(self.fault(trial, name), "expected ‘\(name)’ to be unknown")
      #expect(
        fault.kind == .unknown && fault.message.contains("did you mean \(near)"), "expected \(near): \(fault.message)")
    }
    #expect(fault(trial, "")?.kind == .unknown, "expected a sentence for an empty name")
    #expect(fault(trial, "a/plain,heat=1")?.message.contains("unknown parameter") == true)
    #expect(fault(trial, String(repeating: "x", count: 5000))?.kind == .unknown, "expected no comparing of novels")
  }

  @Test func aRaceStartsTogetherWithoutThoseThatMayNotRun() throws {
    let trial = RoutingTrial(["duel": try .race("a/plain", "b/plain", "box/m", hedge: 400_000_000)])
    let three = try trial.decide("duel")
    #expect(three.order == .together([.lane(0), .lane(1), .lane(2)], hedge: 400_000_000), "expected a hedged race")
    #expect(three.why.contains("400 ms apart"), "expected the pause to be told: \(three.why)")
    try trial.fail("b/plain", .rateLimit, wait: 10)
    #expect(try trial.order("duel") == ["a/plain", "box/m"], "expected no runner that cools down")
    let hedged = RoutingTrial(["twice": try .race("a/plain", "a/plain", hedge: 1)])
    #expect(try hedged.order("twice") == ["a/plain", "a/plain"], "expected a model to be able to race itself")
  }

  @Test func aSplitKeepsToItsWeightsAndToItsUsers() throws {
    let arms = [Route.Split.Arm(try .of("a/plain"), weight: 90), Route.Split.Arm(try .of("b/plain"), weight: 10)]
    let sticky = Route.split(Route.Split(arms, isSticky: true, seed: 7))
    let (trial, again) = (RoutingTrial(["t": sticky], seed: 1), RoutingTrial(["t": sticky], seed: 99))
    var count = 0
    for index in 0..<10_000 {
      let user = "user-\(index)"
      let arm = try trial.first("t", trial.request(user: user))
      if arm == "b/plain" { count += 1 }
      if index < 500 {
        #expect(try trial.first("t", trial.request(user: user)) == arm, "expected \(user) to keep the arm")
        #expect(
          try again.first("t", again.request(user: user)) == arm, "expected the arm of \(user) to outlive a restart")
      }
    }
    // 10 % of 10,000 with a standard deviation of 30.
    #expect((900...1100).contains(count), "expected about 1,000 of 10,000 users in the small arm: \(count)")
    let calls = try (0..<10_000).filter { _ in try trial.first("t") == "b/plain" }.count
    #expect((900...1100).contains(calls), "expected calls without a user to draw anew: \(calls)")
    let wider = [Route.Split.Arm(try .of("a/plain"), weight: 80), Route.Split.Arm(try .of("b/plain"), weight: 20)]
    let grown = RoutingTrial(["t": .split(Route.Split(wider, isSticky: true, seed: 7))])
    let moved = try (0..<1000).filter {
      try trial.first("t", trial.request(user: "user-\($0)")) != grown.first("t", grown.request(user: "user-\($0)"))
    }.count
    #expect((60...140).contains(moved), "expected only the tenth that must move to move: \(moved)")
  }

  @Test func anArmStandsAloneWhateverItsState() throws {
    let arms = [Route.Split.Arm(try .of("a/plain"), weight: 1), Route.Split.Arm(try .of("b/plain"), weight: 0)]
    let trial = RoutingTrial(["t": .split(Route.Split(arms))])
    try trial.fail("a/plain", .rateLimit, wait: 60)
    let decision = try trial.decide("t")
    #expect(decision.lanes.map(\.text) == ["a/plain"] && decision.order == .lane(0), "expected no other arm to step in")
    #expect(decision.why.contains("stands alone"), "expected it to be told: \(decision.why)")
  }

  @Test func aShareOfTheCallsIsJudgedOrMirrored() throws {
    let arms = [Route.Split.Arm(try .of("a/plain"), weight: 1), Route.Split.Arm(try .of("b/plain"), weight: 1)]
    let judge = try Lane(parsing: "a/dear")
    let trial = RoutingTrial([
      "t": .split(Route.Split(arms, judge: judge, sample: 0.1)),
      "m": .mirror(Route.Mirror(serve: try .of("a/plain"), shadows: [try .of("b/plain")], sample: 0.1)),
      "all": .mirror(Route.Mirror(serve: try .of("a/plain"), shadows: [try .of("nokey/plain"), try .of("box/m")])),
    ])
    let judged = try (0..<2000).map { _ in try trial.decide("t") }.filter { $0.judge != nil }
    #expect((150...250).contains(judged.count), "expected about 200 of 2,000: \(judged.count)")
    for decision in judged {
      #expect(decision.judge == judge && decision.shadows.count == 1, "expected the other arm beside the judge")
      #expect(decision.shadows.first != decision.lanes.first, "expected two arms, not one twice")
    }
    let mirrored = try (0..<2000).map { _ in try trial.decide("m") }.filter { !$0.shadows.isEmpty }
    #expect((150...250).contains(mirrored.count), "expected about 200 of 2,000: \(mirrored.count)")
    let all = try trial.decide("all")
    #expect(all.shadows.map(\.text) == ["box/m"], "expected no shadow without a key")
    #expect(all.lanes.map(\.text) == ["a/plain"], "expected the served one alone to answer")
  }

  @Test func routesStandInRoutes() throws {
    let trial = RoutingTrial([
      "cheap": try .pick(.cheapest, "a/plain", "a/thinker"), "duel": try .race("a/cached", "box/m"),
      "safe": try .fallback("cheap", "duel", "a/plain"),
      "seen": .fallback([
        .mirror(Route.Mirror(serve: .named("cheap"), shadows: [try .of("box/m")])),
        .mirror(Route.Mirror(serve: try .of("b/plain"), shadows: [try .of("a/dear")])),
      ]),
    ])
    let safe = try trial.decide("safe")
    #expect(
      safe.lanes.map(\.text) == ["a/thinker", "a/plain", "a/cached", "box/m"], "expected each once, in the order asked")
    #expect(
      safe.order == .inTurn([.lane(0), .lane(1), .together([.lane(2), .lane(3)], hedge: nil)]),
      "expected one turn, with the race as its last step")
    guard case .array(let candidates)? = safe.reasons["candidates"] else {
      Issue.record("expected candidates in \(safe.reasons.serialized())")
      return
    }
    #expect(
      candidates.first?["route"] == "cheap" && candidates.first?["kind"] == "cheapest", "expected reasons in reasons")
    #expect(safe.reasons["chosen"] == "cheap", "expected the route that was chosen")
    let seen = try trial.decide("seen")
    #expect(seen.shadows.map(\.text) == ["box/m"], "expected the shadows of the chosen branch alone")
    try trial.fail("a/plain", .auth)
    #expect(try trial.first("safe") == "box/m", "expected what is left of all of them to come first")
    #expect(try trial.decide("seen").shadows.isEmpty, "expected no shadow that cannot be had")
  }

  @Test func aRaceIsAsDearAsAllItsRunners() throws {
    let trial = RoutingTrial([
      "duel": try .race("a/plain", "a/thinker"), "r": try .pick(.cheapest, "duel", "a/plain"),
      "hedged": try .race("a/thinker", "a/plain", hedge: 1), "s": try .pick(.cheapest, "a/plain", "hedged"),
    ])
    #expect(try trial.decide("r").order == .inTurn([.lane(0), .together([.lane(1), .lane(2)], hedge: nil)]))
    #expect(try trial.first("s") == "a/thinker", "expected a hedged race to cost what its first runner costs")
  }
}
