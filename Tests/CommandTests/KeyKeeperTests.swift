import Core
import Engine
import Foundation
import Providers
import TestSupport
import Testing
import Workbench

@testable import furlong

/// A key that was pasted: its file, and its line in the config.
@Suite(.ownThreads) struct KeyKeeperTests {
  private static let key = "made-up-0123456789abcdef"

  private let folder = TemporaryFolder()
  private var config: String { folder.file("furlong/config.yaml") }

  private func finder() throws -> KeyFinder {
    KeyFinder(environment: [:], sources: try Config(path: config).keySources, configPath: config)
  }

  private func keep(_ text: String?, _ services: [String] = ["groq"]) throws -> (KeptKey, after: String) {
    if let text {
      try FileManager.default.createDirectory(atPath: folder.file("furlong"), withIntermediateDirectories: true)
      try text.write(toFile: config, atomically: true, encoding: .utf8)
    }
    let kept = try KeyKeeper(configPath: config, finder: try finder()).keep(services, Secret(Self.key))
    return (kept, (try? String(contentsOfFile: config, encoding: .utf8)) ?? "")
  }

  private var file: String { folder.file("furlong/keys/groq.key") }

  @Test func theFileIsItsOwnersAlone() throws {
    let mask = umask(0)
    defer { umask(mask) }
    let (kept, after) = try keep(nil)
    #expect(kept.outcome == .kept(file: file))
    var status = stat()
    #expect(stat(file, &status) == 0 && status.st_mode & 0o777 == 0o600)
    #expect(stat(folder.file("furlong/keys"), &status) == 0 && status.st_mode & 0o077 == 0)
    #expect(try String(contentsOfFile: file, encoding: .utf8) == Self.key + "\n")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.file("furlong/keys")) == ["groq.key"], "no drafts")
    #expect(!after.contains(Self.key))
    let groq = try #require(Catalog.services.first { $0.id == "groq" })
    #expect(try finder().find(groq) == .key(Self.key) && finder().origin(groq) == .file)
  }

  @Test func itHoldsAtOnce() throws {
    let finder = try finder()
    let groq = try #require(Catalog.services.first { $0.id == "groq" })
    #expect(!finder.hasKey(groq))
    _ = try KeyKeeper(configPath: config, finder: finder).keep(["groq"], Secret(Self.key))
    #expect(finder.find(groq) == .key(Self.key))
  }

  @Test func whatIsNoKeyIsNotWritten() throws {
    let keeper = KeyKeeper(configPath: config, finder: try finder())
    for text in ["", "a b", "a\nb", "a\u{1B}b"] {
      #expect(throws: CommandError.self) { try keeper.keep(["groq"], Secret(text)) }
    }
    #expect(!FileManager.default.fileExists(atPath: file))
  }

  /// Only one member comes in; what the person wrote stays to the letter.
  @Test func theConfigIsAddedTo() throws {
    let field = "key_file: \"\(file)\""
    for (before, after) in [
      ("", "providers:\n  groq: {\(field)}\n"),
      ("# mine\ntheme: x\n", "# mine\ntheme: x\nproviders:\n  groq: {\(field)}\n"),
      ("theme: x", "theme: x\nproviders:\n  groq: {\(field)}\n"),
      (
        "providers: # all of them\n    # the first\n    openai: {key_env: A} # here\ntheme: x\n",
        "providers: # all of them\n    groq: {\(field)}\n    # the first\n    openai: {key_env: A} # here\ntheme: x\n"
      ),
      ("providers:\n  groq: {max_tokens: 5}\n", "providers:\n  groq: {\(field), max_tokens: 5}\n"),
      ("providers:\n  groq: {}\n", "providers:\n  groq: {\(field)}\n"),
      (
        "providers:\n  groq:\n    # as it was\n    max_tokens: 5\n",
        "providers:\n  groq:\n    \(field)\n    # as it was\n    max_tokens: 5\n"
      ),
      (
        "providers: {openai: {key_env: A}}\n", "providers: {groq: {\(field)}, openai: {key_env: A}}\n"
      ),
      ("providers: {}\n", "providers: {groq: {\(field)}}\n"),
    ] {
      let (kept, text) = try keep(before)
      #expect(kept.outcome == .kept(file: file), "\(before)")
      #expect(text == after)
    }
  }

  /// Where it is not sure what a change would mean nothing is changed, and the person is told what to write.
  @Test func otherFormsAreLeftAlone() throws {
    for before in [
      "{theme: x}\n", "providers: {groq: {max_tokens: 5}}\n", "\"providers\":\n  openai: {key_env: A}\n",
      "providers:\n  openai: &a {key_env: A}\n  groq: *a\n", "providers:\n  groq:\n    {max_tokens: 5}\n",
      "theme: x\n...\n",
    ] {
      let (kept, after) = try keep(before)
      #expect(after == before)
      let lines = ["providers:", "  groq: {key_file: \"\(file)\"}"]
      #expect(kept.outcome == .unnamed(file: file, config: config, lines: lines), "\(before)")
    }
  }

  @Test func severalServicesOfOnePlace() throws {
    let (kept, after) = try keep("theme: x\n", ["openai", "openai-responses"])
    let path = folder.file("furlong/keys/openai.key")
    #expect(kept.outcome == .kept(file: path))
    let sources = try Config(path: config).keySources
    #expect(sources == ["openai": .file(path), "openai-responses": .file(path)], "\(after)")
  }

  @Test func aLinkAndItsPermissionsStay() throws {
    try FileManager.default.createDirectory(atPath: folder.file("furlong"), withIntermediateDirectories: true)
    let real = folder.file("dotfiles.yaml")
    try "theme: x\n".write(toFile: real, atomically: true, encoding: .utf8)
    chmod(real, 0o640)
    try FileManager.default.createSymbolicLink(atPath: config, withDestinationPath: real)
    _ = try KeyKeeper(configPath: config, finder: try finder()).keep(["groq"], Secret(Self.key))
    var status = stat()
    #expect(lstat(config, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    #expect(stat(real, &status) == 0 && status.st_mode & 0o777 == 0o640)
    #expect(try String(contentsOfFile: real, encoding: .utf8).contains("key_file"))
  }
}
