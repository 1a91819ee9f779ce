import Foundation
import Providers
import TestSupport
import Testing

@testable import furlong

/// Programs that Furlong starts do not get its keys.
@Suite(.ownThreads) struct ChildEnvironmentTests {
  @Test(arguments: [
    ("OPENAI_API_KEY", true), ("MYBOX_KEY", true), ("GITHUB_TOKEN", true), ("DB_PASSWORD", true), ("aws_secret", true),
    ("MY_APIKEY", true), ("HF_TOKEN", true), ("PATH", false), ("HOME", false), ("KEYBOARD", false), ("TERM", false),
    ("SSH_AUTH_SOCK", false), ("XDG_RUNTIME_DIR", false), ("PASSWORD_STORE_DIR", true),
  ]) func namesThatTellASecret(name: String, isSecret: Bool) {
    #expect(ChildEnvironment.isSecret(name) == isSecret, "\(name)")
  }

  @Test func aPasswordStoreKeepsItsOwnTokenAndGetsNoProvidersKey() {
    let given = [
      "VAULT_TOKEN": "v", "PASSWORD_STORE_DIR": "p", "OPENAI_API_KEY": "o", "OTHER_API_KEY": "x", "PATH": "/bin",
    ]
    #expect(
      ChildEnvironment.forKeyCommands(given) == ["VAULT_TOKEN": "v", "PASSWORD_STORE_DIR": "p", "PATH": "/bin"])
  }

  /// The command of a check writes down what it gets.
  @Test func aCheckGetsNoKeys() throws {
    let server = LoopbackServer(.stream(Chat.whole("fine")))
    var program = try Program(server: server)
    program.environment["OPENAI_API_KEY"] = "sk-openai-0123456789"
    program.environment["SOME_TOKEN"] = "t0ken-0123456789"
    let told = program.home + "/told"
    let result = try program.run([
      "race", "x", "-m", "test/m", "--rule", "first-valid", "--valid", "exec:env > \(told)",
    ])
    #expect(result.status == 0, "\(result.errors)")
    let text = try String(contentsOfFile: told, encoding: .utf8)
    #expect(text.contains("PATH="), "the rest is there: \(text)")
    for secret in [Program.key, "sk-openai-0123456789", "t0ken-0123456789"] {
      #expect(!text.contains(secret), "\(text)")
    }
    #expect(server.requests.first?.headers["authorization"] == "Bearer \(Program.key)", "the request has its key")
  }

  @Test func aKeyCommandThatFloodsIsTold() throws {
    let server = LoopbackServer(.stream(Chat.whole("fine")))
    let program = try Program(
      config: """
        providers:
          test: {base_url: "\(server.url)", key_command: "yes"}
        """)
    let result = try program.run(["race", "x", "-m", "test/m"])
    #expect(
      result.status != 0 && result.errors.contains("it should print the key and nothing else"), "\(result.errors)")
    #expect(server.requests.isEmpty, "nothing is asked without a key")
  }
}
