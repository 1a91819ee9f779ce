import Core
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Store

/// Who asks a data set, so that no two do.
@Suite(.ownThreads) struct PlansTests {
  @Test func oneProcessAsksADataSet() throws {
    let store = try Store.inMemory()
    let session = Sample.session()
    #expect(try store.claim(session, plan: ["name": "a"]))
    #expect(try store.claim(session, plan: ["name": "b"]), "its own is its own")
    #expect(try store.plan(of: session.id)?["name"] == .string("b"))
    #expect(try !store.isAskedElsewhere(session.id))
    // Process 1 lives as long as the system does.
    try store.database.write { try $0.execute(sql: "UPDATE plan SET writer = '1:' || ?", arguments: [Self.start]) }
    #expect(try store.isAskedElsewhere(session.id))
    #expect(try !store.claim(session, plan: ["name": "c"]), "another lives")
    #expect(try store.plan(of: session.id)?["name"] == .string("b"), "and its plan stays")
    try store.database.write { try $0.execute(sql: "UPDATE plan SET writer = '1:0'") }
    #expect(try store.claim(session, plan: ["name": "d"]), "one that has died holds nothing")
    store.release(session.id)
    let holder = try store.database.read { try Tables.plan.first($0, "WHERE session = ?", [session.id])?.writer }
    #expect(holder == nil)
  }

  /// When process 1 began, in clock ticks since boot.
  private static var start: String {
    let fields = (try? String(contentsOfFile: "/proc/1/stat", encoding: .utf8))?.split(separator: ")").last?
      .split(separator: " ")
    return fields.map { String($0[19]) } ?? "0"
  }
}
