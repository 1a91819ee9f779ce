import Core
import Foundation
import TestSupport
import Testing

@testable import Store

@Suite(.ownThreads) struct GatewayKeysTests {
  private func key(_ name: String, id: String = "k1") -> GatewayKey {
    var key = GatewayKey(id: id, name: name, created: 1_700_000_000, hash: GatewayKey.hash(of: id))
    key.allowance = Allowance("5/month")
    key.routes = ["fast", "openai/gpt-5.6"]
    key.requestsPerMinute = 60
    key.keeping = .metadata
    return key
  }

  @Test func aKeyComesBackAsItWasGivenOut() throws {
    let store = try Store.inMemory()
    #expect(try store.addGatewayKey(key("laptop")), "the name is free")
    #expect(try store.gatewayKeys() == [key("laptop")])
    #expect(try store.gatewayKey(hash: GatewayKey.hash(of: "k1")) == key("laptop"), "it is found by its hash")
    #expect(try store.gatewayKey(hash: GatewayKey.hash(of: "k2")) == nil, "another hash finds nothing")
    let bare = GatewayKey(id: "k2", name: "bare", created: 1, hash: "h")
    #expect(try store.addGatewayKey(bare))
    #expect(try store.gatewayKeys().first == bare, "a key without limits has none afterwards")
  }

  @Test func aNameIsFreeAgainOnceItsKeyIsRevoked() throws {
    let store = try Store.inMemory()
    #expect(try store.addGatewayKey(key("laptop")))
    #expect(try !store.addGatewayKey(key("laptop", id: "k2")), "two keys of one name cannot both be good")
    #expect(try store.revokeGatewayKey(name: "laptop", date: 1_800_000_000), "it was there to revoke")
    #expect(try !store.revokeGatewayKey(name: "laptop", date: 1_900_000_000), "it is revoked once")
    #expect(try store.gatewayKeys().first?.revoked == 1_800_000_000)
    #expect(try store.addGatewayKey(key("laptop", id: "k2")), "its name may be given to another")
    #expect(try store.gatewayKeys().count == 2, "the revoked one stays, for what it has spent")
  }

  @Test func spendingAddsUpByKeyAndDay() throws {
    let store = try Store.inMemory()
    for (key, day, cost) in [("a", 10, 5), ("a", 10, 7), ("a", 11, 1), ("b", 10, 2)] as [(String, Int, Int64)] {
      store.append(
        .gatewaySpending(GatewaySpending(key: key, day: day, cost: Money(picoDollars: cost), calls: 1)))
    }
    #expect(commit(store) == nil)
    #expect(
      try store.gatewaySpending(days: 10..<12) == [
        GatewaySpending(key: "a", day: 10, cost: Money(picoDollars: 12), calls: 2),
        GatewaySpending(key: "a", day: 11, cost: Money(picoDollars: 1), calls: 1),
        GatewaySpending(key: "b", day: 10, cost: Money(picoDollars: 2), calls: 1),
      ])
    #expect(try store.gatewaySpending(days: 11..<12).count == 1, "only the days that were asked for")
  }

  @Test func twoGatewaysOnOneFileAddToOneSum() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("furlong-keys-\(UUID().uuidString).db")
      .path
    defer { for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) } }
    let stores = [try Store(path: path), try Store(path: path)]
    for _ in 0..<100 {
      for store in stores {
        store.append(.gatewaySpending(GatewaySpending(key: "a", day: 1, cost: Money(picoDollars: 3), calls: 1)))
      }
    }
    for store in stores { #expect(commit(store) == nil) }
    let sum = try stores[0].gatewaySpending(days: 0..<2)
    #expect(sum == [GatewaySpending(key: "a", day: 1, cost: Money(picoDollars: 600), calls: 200)], "nothing is lost")
  }
}
