import Core
import Foundation
import TestSupport
import Testing

@testable import furlong

@Suite(.ownThreads) struct ImportLiteLLMTests {
  /// The forms that LiteLLM's documentation shows, with keys that must never be seen again.
  static let whole = """
    model_list:
      - model_name: gpt-4o
        litellm_params: {model: openai/gpt-4o, api_key: os.environ/OPENAI_API_KEY, rpm: 100, timeout: 30}
      - model_name: gpt-4o
        litellm_params:
          model: azure/gpt-4o-eu
          api_base: https://eu.openai.azure.com/
          api_key: "sk-SECRET-1"
          api_version: "2024-02-01"
        rpm: 300
      - model_name: claude
        litellm_params: {model: anthropic/claude-sonnet-4-0, api_key: sk-ant-SECRET-2, temperature: 0.2, max_tokens: 1000}
        model_info: {id: my-claude, base_model: x}
      - model_name: local
        litellm_params: {model: openai/qwen, api_base: "http://localhost:8000/v1", api_key: none, input_cost_per_token: 1e-7}
      - model_name: org/llama
        litellm_params: {model: ollama_chat/llama3.1:8b, api_base: "http://user:SECRET-6@10.0.0.5:11434"}
      - model_name: emb
        litellm_params: {model: text-embedding-3-small}
        model_info: {mode: embedding}
      - model_name: bed
        litellm_params: {model: bedrock/anthropic.claude, aws_secret_access_key: SECRET-7}
      - model_name: "*"
        litellm_params: {model: "openai/*", api_key: os.environ/OPENAI_API_KEY}
      - model_name: deep
        litellm_params: {model: deepseek/deepseek-chat, input_cost_per_token: 0.00000027, output_cost_per_token: 1.1e-06}
      - model_name: gpt-3.5-turbo
        litellm_params: {model: gpt-3.5-turbo, stop: ["END", "a,b"]}
    router_settings:
      routing_strategy: simple-shuffle
      model_group_alias: {"gpt-4": gpt-4o, hid: {model: claude, hidden: true}, bad: nobody}
      num_retries: 2
      redis_password: SECRET-3
      fallbacks: [{"gpt-4o": ["claude", "deep"]}, {"claude": ["gpt-4o", "my-claude"]}]
    litellm_settings:
      drop_params: true
      context_window_fallbacks: [{"local": ["org/llama"]}]
      cache_params: {type: redis, password: SECRET-5}
    general_settings: {master_key: sk-SECRET-4, database_url: "postgres://u:SECRET-8@h/db"}
    environment_variables: {REDIS_PASSWORD: SECRET-9}
    """

  private func imported(_ yaml: String, _ environment: [String: String] = [:]) throws -> LiteLLMConfig {
    try LiteLLMConfig(yaml: yaml, environment: environment)
  }

  /// What we wrote, as our own config.
  private func readBack(_ config: LiteLLMConfig) throws -> Config {
    var read = Config()
    do throws(Config.Faults) { try read.read(yaml: config.yaml, path: "imported") } catch {
      Issue.record("expected no fault in our own words:\n\(config.yaml)\n\(error.message)")
    }
    return read
  }

  private func text(_ config: Config, _ name: String) -> String? { config.routes[name]?.text }

  @Test func deploymentsAliasesAndFallbacksBecomeRoutes() throws {
    let imported = try imported(Self.whole)
    let config = try readBack(imported)
    let claude = #""anthropic/claude-sonnet-4-0,temperature=0.2,max_tokens=1000""#
    let group =
      "{split: {openai/gpt-4o: 100, eu-openai-azure-com/gpt-4o-eu: 300}}, openai/gpt-4o, eu-openai-azure-com/gpt-4o-eu"
    #expect(text(config, "gpt-4o") == "{fallback: [\(group), \(claude), deep]}", "expected weights, then the fallbacks")
    #expect(text(config, "claude") == "{fallback: [\(claude), \(group)]}", "expected no way back to itself")
    #expect(text(config, "gpt-4") == "gpt-4o" && text(config, "hid") == "claude", "expected aliases as names")
    #expect(text(config, "local") == "{fallback: [localhost-8000/qwen, org-llama]}", "expected the larger model next")
    #expect(text(config, "org-llama") == #""10-0-0-5-11434/llama3.1:8b""#)
    #expect(text(config, "gpt-3.5-turbo") == #""openai/gpt-3.5-turbo,stop=END""#, "expected the maker's provider")
    let azure = try #require(config.services.first { $0.id == "eu-openai-azure-com" })
    #expect(azure.baseURL == "https://eu.openai.azure.com/openai/v1" && azure.priceList == "azure")
    #expect(azure.keyVariables == ["EU_OPENAI_AZURE_COM_API_KEY"], "expected a variable for the key in plain text")
    let ollama = try #require(config.services.first { $0.id == "10-0-0-5-11434" })
    #expect(ollama.baseURL == "http://10.0.0.5:11434/v1" && !ollama.isLocal, "expected no name or password in it")
    #expect(config.services.first { $0.id == "localhost-8000" }?.isLocal == true)
    #expect(
      config.prices.first { $0.provider == "deepseek" }?.rates == [.input: "0.27", .output: "1.1"],
      "expected the prices for a million")
  }

  @Test func whatHasNoCounterpartIsListedByItsPath() throws {
    let notes = try imported(Self.whole).notes
    for path in [
      "model_list[0].litellm_params.timeout", "model_list[1].litellm_params.api_key",
      "model_list[1].litellm_params.api_version", "model_list[2].model_info.base_model", "model_list[5] (emb)",
      "model_list[4].litellm_params.api_base", "model_list[6].litellm_params.model", "model_list[7] (*)",
      "model_list[9].litellm_params.stop", "model_list[4].model_name", "router_settings.num_retries",
      "router_settings.redis_password", "router_settings.model_group_alias.bad", "litellm_settings.drop_params",
      "litellm_settings.cache_params", "general_settings.master_key", "general_settings.database_url",
      "environment_variables.REDIS_PASSWORD",
    ] {
      #expect(
        notes.contains { $0.hasPrefix(path + ":") }, "expected ‘\(path)’ among:\n\(notes.joined(separator: "\n"))")
    }
    #expect(notes.contains { $0.contains("EU_OPENAI_AZURE_COM_API_KEY") }, "expected where the key is to be put")
  }

  @Test func noKeyIsRepeated() throws {
    let program = try Program()
    let result = try program.run(["import", "litellm", "-"], input: Self.whole)
    #expect(result.status == 0, "expected 0: \(result.errors)")
    #expect(!(result.output + result.errors).contains("SECRET"), "expected no key:\n\(result.output)\n\(result.errors)")
    #expect(result.output.contains("routes:") && result.errors.contains("model_list[0]"), "expected both streams")
    try result.output.write(toFile: program.home + "/.config/furlong/config.yaml", atomically: true, encoding: .utf8)
    let check = try program.run(["config"])
    #expect(check.status == 0 && check.output.contains("in order"), "expected our own config to be in order: \(check)")
    let route = try program.run(["route", "gpt-4", "--explain", "hello"])
    #expect(route.status == 0 && route.output.contains("why: "), "expected the routes to work: \(route)")
  }

  @Test(arguments: [
    ("latency-based-routing", "{pick: fastest, from: [openai/a, groq/b]}", false),
    ("cost-based-routing", "{pick: cheapest, from: [openai/a, groq/b]}", false),
    ("simple-shuffle", "{pick: fastest, from: [openai/a, groq/b]}", false),
    ("usage-based-routing-v2", "{pick: fastest, from: [openai/a, groq/b]}", true),
  ])
  func strategiesBecomeRules(strategy: String, route: String, isNoted: Bool) throws {
    let imported = try imported(
      """
      model_list:
        - {model_name: m, litellm_params: {model: openai/a}}
        - {model_name: m, litellm_params: {model: groq/b}}
      router_settings: {routing_strategy: \(strategy)}
      """)
    #expect(text(try readBack(imported), "m") == route, "expected \(route) from \(strategy)")
    #expect(imported.notes.contains { $0.contains("routing_strategy") } == isNoted, "\(imported.notes)")
  }

  @Test func weightsOrdersKeysAndDefaultsAreKept() throws {
    let imported = try imported(
      """
      model_list:
        - {model_name: m, litellm_params: {model: openai/a, weight: 9, api_key: os.environ/FIRST_KEY}}
        - {model_name: m, litellm_params: {model: openai/a, weight: 1, api_key: os.environ/SECOND_KEY}}
        - {model_name: o, litellm_params: {model: openai/late, order: 2}}
        - {model_name: o, litellm_params: {model: openai/early, order: 1}}
        - {model_name: own, litellm_params: {model: mistral/small, api_base: os.environ/MISTRAL_BASE}}
        - {model_name: gone, litellm_params: {model: mistral/small, api_base: os.environ/NOT_SET}}
        - {model_name: openai/exact, litellm_params: {model: openai/exact}}
      litellm_settings: {default_fallbacks: [own]}
      """, ["MISTRAL_BASE": "https://mistral.example/v1"])
    let config = try readBack(imported)
    #expect(
      text(config, "m") == "{fallback: [{split: {openai-2/a: 9, openai-3/a: 1}}, openai-2/a, openai-3/a, own]}",
      "expected two keys to be two providers: \(imported.yaml)")
    #expect(config.services.first { $0.id == "openai-2" }?.keyVariables == ["FIRST_KEY"])
    #expect(config.services.first { $0.id == "openai-3" }?.keyVariables == ["SECOND_KEY"])
    #expect(
      config.services.first { $0.id == "openai" }?.keyVariables == ["OPENAI_API_KEY"],
      "expected the usual key to stay with the usual name")
    #expect(config.services.first { $0.id == "openai-2" }?.priceList == "openai", "expected its prices to be known")
    #expect(text(config, "o")?.hasPrefix("{fallback: [openai/early, openai/late") == true, "\(imported.yaml)")
    #expect(config.services.first { $0.id == "mistral-example" }?.baseURL == "https://mistral.example/v1")
    #expect(imported.notes.contains { $0.contains("NOT_SET") }, "expected an address that is not there to be told")
    #expect(text(config, "openai-exact") != nil, "expected a route for its fallback: \(imported.yaml)")
  }

  @Test func oneKeyOfAnotherNameStaysWithItsProvider() throws {
    let imported = try imported(
      "model_list: [{model_name: m, litellm_params: {model: openai/a, api_key: os.environ/TEAM_KEY}}]")
    let config = try readBack(imported)
    #expect(text(config, "m") == "openai/a", "expected no second provider: \(imported.yaml)")
    #expect(config.services.first { $0.id == "openai" }?.keyVariables == ["TEAM_KEY"])
  }

  @Test func whatIsNoSuchFileIsRefused() throws {
    for (input, status, words) in [
      ("a: [b", 2, "not valid YAML"), ("providers: {}", 2, "no model_list"),
      ("model_list: [{model_name: a, litellm_params: {model: bedrock/x}}]", 1, "no model of this file"),
    ] {
      let result = try Program().run(["import", "litellm", "-"], input: input)
      #expect(
        result.status == Int32(status) && result.errors.contains(words), "expected \(status) and ‘\(words)’: \(result)")
    }
    #expect(try Program().run(["import", "litellm", "/nowhere"]).status == 2)
  }

  /// Mangled files: a sentence or a config that we can read, never a crash.
  @Test func mangledFilesAreSurvived() throws {
    let source = Array(Self.whole.utf8)
    var chance = SplitMix64(seed: 3)
    for _ in 0..<400 {
      var bytes = source
      for _ in 0..<4 { bytes[chance.index(below: bytes.count)] = UInt8(32 + chance.index(below: 95)) }
      guard let config = try? imported(String(decoding: bytes, as: UTF8.self)) else { continue }
      _ = try readBack(config)
    }
  }
}
