import Core
import Engine
import Foundation
import Providers
import Terminal
import TestSupport
import Testing

@testable import furlong

@Suite(.ownThreads) struct ConfigTests {
  private func faults(_ yaml: String) -> [String] {
    var config = Config()
    do {
      try config.read(yaml: yaml, path: "config.yaml")
      return []
    } catch {
      return error.lines
    }
  }

  @Test func everythingThatIsDocumentedIsRead() throws {
    var config = Config()
    try config.read(
      yaml: """
        providers:
          mybox: {dialect: openai-chat, base_url: "http://127.0.0.1:8000/v1/", key_env: MYBOX_API_KEY, headers: {X-Team: search}}
          openai: {key_command: "pass show openai"}
          proxy: {dialect: anthropic, base_url: "http://127.0.0.1:4000", prices: anthropic}
        lineups: {daily: ["openai/gpt-5.6", "anthropic/claude-sonnet-5", "local/smollm2-135m"]}
        judge: {model: "anthropic/claude-sonnet-5"}
        budget: {per_turn: 0.50, per_day: 5.00}
        timeouts: {connect: 10, first_token: 300, silence: 0.5}
        theme: furlong-dark
        keys: {lane.stop: x}
        """, path: "config.yaml")
    let box = try #require(config.services.first { $0.id == "mybox" })
    #expect(box.baseURL == "http://127.0.0.1:8000/v1" && box.needsKey && box.headers == [.init("X-Team", "search")])
    #expect(config.services.first { $0.id == "proxy" }?.priceList == "anthropic")
    #expect(
      config.services.first { $0.id == "openai" }?.baseURL == "https://api.openai.com/v1", "the rest of the row stays")
    #expect(config.keySources["openai"] == .command("pass show openai"))
    #expect(config.lineups["daily"]?.count == 3)
    #expect(config.limits.silence == 500_000_000)
    #expect(config.keys == ["lane.stop": "x"])
  }

  @Test(arguments: [
    ("theem: dark", "line 1", "did you mean ‘theme’"), ("a: [b", "line 2", "not valid YAML"),
    ("providers: {x: {dialct: a, base_url: http://a}}", "line 1", "did you mean ‘dialect’"),
    ("providers:\n  x: {dialect: opnai-chat, base_url: http://a}", "line 2", "did you mean openai-chat"),
    ("providers: {x: {base_url: ftp://a}}", "line 1", "http"),
    ("providers: {x: {dialect: gemini}}", "line 1", "needs a base_url"),
    ("timeouts: {connect: soon}", "line 1", "seconds"), ("lineups: {a: gpt}", "line 1", "list of models"),
    ("lineups:\n  a: [gpt]", "line 2", "provider/model"), ("- x", "line 1", "mapping"),
  ])
  func faultsNameTheirLineAndTheRemedy(yaml: String, line: String, words: String) {
    let found = faults(yaml).joined(separator: "\n")
    #expect(found.contains(line) && found.contains(words), "expected ‘\(line)’ and ‘\(words)’ in: \(found)")
  }

  /// Random bytes and mangled configs: an error or a config, never a crash.
  @Test func mangledConfigsAreSurvived() {
    let source = Array(
      "providers:\n  x: {dialect: gemini, base_url: \"http://a\", headers: {a: b}}\nlineups: {d: [\"a/b\"]}\nkeys: {a: b}\n"
        .utf8)
    var seed: UInt64 = 11
    for _ in 0..<2000 {
      var bytes = source
      for _ in 0..<4 {
        seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let place = Int(seed >> 33) % bytes.count
        bytes[place] = UInt8(truncatingIfNeeded: seed >> 24) & 0x7F
      }
      _ = faults(String(decoding: bytes, as: UTF8.self))
    }
  }
}

@Suite(.ownThreads) struct KeyFinderTests {
  private let service = Service("openai", dialect: "openai-chat", baseURL: "https://a") {
    $0.keyVariables = ["OPENAI_API_KEY"]
  }

  private func find(_ environment: [String: String] = [:], _ source: Config.KeySource? = nil) -> Engine.KeyResult {
    KeyFinder(environment: environment, sources: source.map { ["openai": $0] } ?? [:], configPath: "c.yaml").find(
      service)
  }

  @Test func keysComeFromTheEnvironmentACommandOrAFile() throws {
    #expect(find(["OPENAI_API_KEY": " sk-1\n"]) == .key("sk-1"))
    #expect(find([:], .command("echo sk-2; echo more")) == .key("sk-2"))
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("furlong-key-\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    _ = FileManager.default.createFile(
      atPath: path, contents: Data("sk-3\n".utf8), attributes: [.posixPermissions: 0o600])
    #expect(find([:], .file(path)) == .key("sk-3"))
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
    guard case .missing(let message) = find([:], .file(path)) else {
      Issue.record("a key file that others can read must be refused")
      return
    }
    #expect(message.contains("chmod 600"))
  }

  @Test func whatIsMissingSaysWhatToDo() {
    for result in [
      find(), find(["OPENAI_API_KEY": "a\nb: c"]), find([:], .command("exit 3")), find([:], .file("/nowhere")),
    ] {
      guard case .missing(let message) = result else {
        Issue.record("\(result) should be missing")
        continue
      }
      #expect(!message.isEmpty)
    }
  }
}

@Suite(.ownThreads) struct ThemeFileTests {
  private func themes() throws -> [(name: String, theme: Theme)] {
    let folder = Program.package.appendingPathComponent("themes").path
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".yaml") }
    return try files.map { ($0, try Themes.read(folder + "/" + $0, name: String($0.dropLast(5)))) }
  }

  @Test func theCompiledInThemeIsItsFile() throws {
    #expect(try themes().first { $0.name == "furlong-dark.yaml" }?.theme == Theme.dark)
  }

  /// WCAG 2.1, success criteria 1.4.3 for everything that is read and 1.4.11 for borders, in every shipped theme and role.
  @Test func everyRoleCanBeRead() throws {
    let all = try themes()
    #expect(all.count >= 5)
    for (name, theme) in all {
      for role in Role.allCases {
        let look = theme.look(role)
        let pair = try [#require(look.foreground), #require(look.background)].map(luminance)
        let contrast = (pair.max()! + 0.05) / (pair.min()! + 0.05)
        #expect(contrast >= (role == .border ? 3 : 4.5), "\(name): \(role) has a contrast of \(contrast)")
      }
    }
  }

  /// Nine lanes are told apart, in sixteen colours too; by a theme without colours by their numbers.
  @Test func lanesHaveColoursOfTheirOwn() throws {
    for (name, theme) in try themes() where name != "furlong-mono.yaml" {
      let looks = (0..<9).map { theme.look(.lane($0)) }
      #expect(Set(looks.map(\.foreground)).count == 9, "\(name): two lanes have one colour")
      #expect(Set(looks.map(\.ansi)).count == 9, "\(name): two lanes have one of the sixteen colours")
    }
  }

  /// Schemes as they are found in the wild: quoted or not, with `#` or without, flat or with a palette, base16 or base24.
  @Test func publicSchemesDropIn() throws {
    let colors = (0..<16).map { String(format: "base%02X", $0) }.enumerated().map { index, name in
      (name, String(format: "%02x%02x%02x", index * 16, 255 - index * 16, index))
    }
    let flat = "scheme: \"Old\"\nauthor: \"Someone\"\n" + colors.map { "\($0): \"\($1)\"\n" }.joined()
    let nested =
      "system: \"base24\"\nname: \"New\"\nslug: new\nvariant: dark\npalette:\n"
      + (colors + (16..<24).map { (String(format: "base%02X", $0), "ffffff") }).map {
        "  \($0): \"#\($1.uppercased())\"\n"
      }
      .joined()
    let program = try Program(config: "theme: new\n")
    let folder = program.home + "/.config/furlong/themes"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (name, text) in [("old", flat), ("new", nested)] {
      try text.write(toFile: "\(folder)/\(name).yaml", atomically: true, encoding: .utf8)
    }
    let old = try Themes.read(folder + "/old.yaml", name: "x")
    #expect(old == (try Themes.read(folder + "/new.yaml", name: "x")))
    #expect(old.look(.text).foreground == Color(80, 175, 5))
    let names = try program.run(["themes"]).output.split(separator: "\n")
    #expect(names.contains("old") && names.contains("new  (in use)") && names.contains("mono"), "\(names)")
  }

  @Test func themesShowTheirColoursOnATerminal() throws {
    let session = TerminalSession(try Program(), ["themes"], width: 120)
    #expect(session.end() == 0)
    #expect(session.screen.text.contains("furlong-mono") && session.screen.text.contains("selected"))
    #expect(session.screen.unknown == [])
    let styles = Set(session.screen.cells.map(\.style.foreground))
    #expect(styles.count > 20, "no colours")
  }

  private func luminance(_ color: Color) -> Double {
    func channel(_ value: UInt8) -> Double {
      let share = Double(value) / 255
      return share <= 0.03928 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * channel(color.red) + 0.7152 * channel(color.green) + 0.0722 * channel(color.blue)
  }
}

@Suite(.ownThreads) struct ConfigNameTests {
  private func faults(_ yaml: String) -> [String] {
    var config = Config()
    do {
      try config.read(yaml: yaml, path: "config.yaml")
      return []
    } catch {
      return error.lines
    }
  }

  @Test(arguments: [
    (
      "providers: {x: {base_url: \"http://x/v1?key=1\"}}",
      "line 1: base_url must end before any ? or #: paths are added to it"
    ),
    (
      "lineups: {a: [google/../../x]}",
      "line 1: ‘google/../../x’ is not a model: its name has . or .. between its slashes"
    ),
    (
      "lineups: {a: [\"google/x:y?key=1#\"]}",
      "line 1: ‘x:y?key=1#’ is no name of a model at google: it holds other characters than letters, digits and -._@/"
    ),
    (
      "judge: {model: \"google/a b\"}",
      "line 1: ‘a b’ is no name of a model at google: it holds other characters than letters, digits and -._@/"
    ),
    (
      "routes: {r: \"google/x#\"}",
      "line 1: route r: ‘x#’ is no name of a model at google: it holds other characters than letters, digits and -._@/"
    ),
    (
      "providers: {g: {dialect: gemini, base_url: \"http://x\"}}\nlineups: {a: [\"g/a:b\"]}",
      "line 2: ‘a:b’ is no name of a model at g: it holds other characters than letters, digits and -._@/"
    ),
  ])
  func whatWouldClimbInAURLIsAFault(_ yaml: String, _ fault: String) {
    #expect(faults(yaml) == [fault])
  }

  @Test(arguments: ["plain", "mine: [1]", "a\nbudget: {per_day: 1}", "#x", "\u{1B}[2J", "true", "é", "a\"b"])
  func anyNameOfAThemeIsKeptAsAText(_ name: String) throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("furlong-\(UUID().uuidString)/config.yaml")
      .path
    try Config.keep(theme: name, in: path)
    let config = try Config(path: path)
    #expect(config.theme == name && config.budget.perDay == nil)
  }
}

@Suite(.ownThreads) struct ThemeNameTests {
  @Test func namesOfFilesAreShownAndNotObeyed() throws {
    let program = try Program()
    let folder = program.home + "/.config/furlong/themes"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for name in ["\u{1B}[2Jred", "a\nb", "x\u{202E}y"] {
      #expect(FileManager.default.createFile(atPath: "\(folder)/\(name).yaml", contents: Data()))
    }
    let result = try program.run(["themes"])
    let lines = result.output.split(separator: "\n")
    #expect(lines.contains("␛[2Jred") && lines.contains("a b") && lines.contains("x⟨U+202E⟩y"), "\(result)")
  }
}

@Suite(.ownThreads) struct DescriptorPlanTests {
  @Test(arguments: [64, 256, 1024, 65_536])
  func somethingIsAlwaysLeft(_ limit: Int) {
    let plan = DescriptorPlan(limit: limit, open: 24)
    #expect(plan.connections > 0 && plan.upstream > 0)
    #expect(24 + plan.connections + plan.upstream + plan.idle <= limit - 8, "\(plan)")
    #expect(plan.upstream < plan.connections, "who gets no model has a connection on which to be told so")
  }
}

@Suite(.ownThreads) struct ChatterTests {
  @Test func aPipeThatNobodyReadsIsNotWaitedForTwice() {
    signal(SIGPIPE, SIG_IGN)
    var ends: [Int32] = [0, 0]
    _ = pipe(&ends)
    let chatter = Chatter(descriptor: ends[1], patience: 10)
    let line = String(repeating: "x", count: 999) + "\n"
    // The pipe takes 64 kB.
    for _ in 0..<5_000 { chatter.write(line) }
    var text: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    func drain() {
      var entry = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
      while poll(&entry, 1, 0) > 0 { text += piece[..<max(0, read(ends[0], &piece, piece.count))] }
    }
    drain()
    chatter.write("last\n")
    drain()
    let words = String(decoding: text, as: UTF8.self)
    #expect(words.contains("lines were dropped, since nobody read them\nlast\n"), "\(words.suffix(200))")
    close(ends[0])
    close(ends[1])
  }
}
