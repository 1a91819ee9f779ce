import Core
import Foundation
import TestSupport
import Testing

@Suite(.ownThreads) struct KeyCommandTests {
  @Test func aKeyIsPrintedOnceAndKeptNowhere() throws {
    let program = try Program()
    let made = try program.run(["key", "new", "laptop", "--budget", "5/day", "--routes", "fast, cheap", "--rpm", "60"])
    #expect(made.status == 0, "\(made.errors)")
    let token = made.output.split(separator: "\n").first.map(String.init) ?? ""
    #expect(made.output == token + "\n", "standard output has the key alone")
    #expect(token.hasPrefix("fl-") && token.utf8.count == 46, "a key is fl- and 43 letters: \(token)")
    #expect(
      made.errors.contains("$5.00 a day") && made.errors.contains("fast, cheap"), "its limits are told: \(made.errors)")
    #expect(program.everythingOnDisk().range(of: Data(token.utf8)) == nil, "the key itself is not on the disk")

    let listed = try program.run(["key", "list", "--json"]).json()["keys"]?.first
    #expect(listed?["name"]?.string == "laptop")
    #expect(listed?["budget_usd"]?.string == "5" && listed?["period"]?.string == "day")
    #expect(listed?["routes"]?.elements.compactMap(\.string) == ["fast", "cheap"])
    #expect(listed?["rpm"]?.int == 60 && listed?["store"]?.string == "full")
    #expect(listed?["last_used"] == nil, "it was never used")
  }

  @Test func namesAreGivenOutOnceAtATime() throws {
    let program = try Program()
    #expect(try program.run(["key", "new", "ci"]).status == 0)
    let again = try program.run(["key", "new", "ci"])
    #expect(
      again.status == 2 && again.errors.contains("already"), "a second one of the name is refused: \(again.errors)")
    let revoked = try program.run(["key", "revoke", "ci"])
    #expect(
      revoked.status == 0 && revoked.errors.contains("answers nobody"), "the last one's end is told: \(revoked.errors)")
    #expect(try program.run(["key", "new", "ci"]).status == 0, "the name is free again")
    let lines = try program.run(["key", "list", "--all"]).output.split(separator: "\n")
    #expect(lines.count == 3, "a header, the revoked one and the good one: \(lines)")
  }

  @Test func aWrongNameToRevokeIsNamedWithTheNearest() throws {
    let program = try Program()
    _ = try program.run(["key", "new", "laptop"])
    let result = try program.run(["key", "revoke", "latop"])
    #expect(result.status == 2 && result.errors.contains("did you mean laptop?"), "\(result.errors)")
  }

  @Test(arguments: [
    ["key", "new", "two words"], ["key", "new", "x", "--budget", "5"], ["key", "new", "x", "--rpm", "0"],
    ["key", "new", "x", "--routes", " ,"], ["key", "new", "x", "--store", "some"], ["key", "new"],
  ])
  func whatCannotBeIsRefused(arguments: [String]) throws {
    let result = try Program().run(arguments)
    #expect(result.status == 2 && result.output.isEmpty, "\(arguments) is a mistake: \(result.errors)")
  }
}
