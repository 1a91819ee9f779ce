import Core
import TestSupport
import Testing

@Suite(.ownThreads) struct LaneTests {
  @Test(arguments: [
    "openai/gpt-5.6", "openai/gpt-5.6,temperature=0.2,effort=high", "openrouter/openai/gpt-5.6", "local/a:b@c",
    "x/y,temperature=1,top_p=0.95,max_tokens=64,effort=none,seed=7,stop=END,stop=###", "x/y,stop=a=b",
  ])
  func textParsesToTheSameLane(_ text: String) throws {
    let lane = try Lane(parsing: text)
    #expect(lane.text == text)
    #expect(try Lane(parsing: lane.text) == lane)
  }

  @Test func readsEveryParameter() throws {
    let parameters = try Lane(parsing: "x/y,temperature=0.2,top_p=1,max_tokens=9,effort=xhigh,seed=0,stop=a,stop=b")
      .parameters
    #expect(parameters.temperature == 0.2)
    #expect(parameters.topP == 1)
    #expect(parameters.maxTokens == 9)
    #expect(parameters.effort == "xhigh")
    #expect(parameters.seed == 0)
    #expect(parameters.stop == ["a", "b"])
  }

  @Test func splitsAtTheFirstSlashOnly() throws {
    let model = try Lane(parsing: "openrouter/openai/gpt-5.6").model
    #expect(model == ModelID(provider: "openrouter", model: "openai/gpt-5.6"))
    #expect(model.text == "openrouter/openai/gpt-5.6")
  }

  @Test(arguments: [
    ("", "‘’ is not a model: write provider/model, such as openai/gpt-5.6"),
    ("gpt", "‘gpt’ is not a model: write provider/model, such as openai/gpt-5.6"),
    ("/gpt", "‘/gpt’ is not a model: write provider/model, such as openai/gpt-5.6"),
    ("openai/", "‘openai/’ is not a model: write provider/model, such as openai/gpt-5.6"),
    ("a/b,fast", "‘fast’ in ‘a/b,fast’ is not name=value"), ("a/b,", "‘’ in ‘a/b,’ is not name=value"),
    ("a/b,temperature=3", "temperature=3: write a number from 0 to 2"),
    ("a/b,temperature=nan", "temperature=nan: write a number from 0 to 2"),
    ("a/b,top_p=x", "top_p=x: write a number from 0 to 1"),
    ("a/b,max_tokens=0", "max_tokens=0: write a whole number of at least 1"),
    ("a/b,seed=-1", "seed=-1: write a whole number of at least 0"),
    ("a/b,effort=hard", "effort=hard: write one of none, minimal, low, medium, high, xhigh, max"),
    (
      "a/b,temprature=1",
      "unknown parameter ‘temprature’; did you mean temperature? (known: temperature, top_p, max_tokens, effort, seed, stop)"
    ),
    ("a/b,zzzzzzz=1", "unknown parameter ‘zzzzzzz’ (known: temperature, top_p, max_tokens, effort, seed, stop)"),
  ])
  func saysWhatToWriteInstead(_ text: String, _ message: String) {
    let error = #expect(throws: InvalidLane.self) { try Lane(parsing: text) }
    #expect(error?.message == message)
  }

  @Test func parametersSurviveTheirJSON() throws {
    let parameters = try Lane(parsing: "x/y,temperature=0.2,top_p=0.5,max_tokens=9,effort=low,seed=3,stop=a,stop=b")
      .parameters
    let written = parameters.json.serialized()
    #expect(
      written
        == #"{"temperature":0.2,"top_p":0.5,"max_tokens":9,"effort":"low","seed":3,"stop":["a","b"]}"#)
    #expect(Parameters(json: try JSONDocument().parse(written)) == parameters)
    #expect(Parameters(json: try JSONDocument().parse("{}")) == Parameters())
  }

  @Test func removingTellsWhetherItWasSet() throws {
    var parameters = try Lane(parsing: "x/y,temperature=1,stop=a").parameters
    let removed = Parameters.Name.allCases.map { parameters.remove($0) }
    #expect(removed == [true, false, false, false, false, true])
    #expect(parameters == Parameters())
  }
}

@Suite(.ownThreads) struct NearestTests {
  @Test(arguments: [
    ("opnai", "openai"), ("antropic", "anthropic"), ("Openai", "openai"), ("googel", "google"), ("x", nil), ("", nil),
    ("banana", nil), ("openai", "openai"),
  ])
  func findsTheNearestWord(_ word: String, _ expected: String?) {
    #expect(nearest(to: word, in: ["openai", "anthropic", "google", "ollama"]) == expected)
  }

  @Test func nothingIsNearInAnEmptyList() { #expect(nearest(to: "a", in: []) == nil) }
}
