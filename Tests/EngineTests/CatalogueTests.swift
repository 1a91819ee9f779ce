import Core
import Foundation
import Providers
import Store
import Synchronization
import TestSupport
import Testing
import Transport

@testable import Engine

/// In which order models are offered, and when.
@Suite(.ownThreads) struct CatalogueTests {
  private func engine(_ keyed: LoopbackServer, local: LoopbackServer) throws -> Engine {
    func service(_ id: String, _ url: String, _ change: (inout Service) -> Void = { _ in }) -> Service {
      Service(id, dialect: "openai-chat", baseURL: url, change)
    }
    return Engine(
      services: [
        service("local", local.url) {
          $0.needsKey = false
          $0.isLocal = true
        },
        service("anthropic", "http://127.0.0.1:9") { $0.priceList = "anthropic" },
        service("openai", keyed.url) {
          $0.priceList = "openai"
          $0.defaultModel = "gpt-5.6"
        },
      ], store: try Store.inMemory(), prices: PriceBook(), loop: TransferLoop(),
      keyOrigin: { $0.id == "openai" ? .file : nil }, findKey: { $0.id == "openai" ? .key("k-0123456") : .notNeeded })
  }

  private func list(_ models: [(String, Int)]) -> [Step] {
    let entries = models.map { "{\"id\":\"\($0)\",\"created\":\($1)}" }.joined(separator: ",")
    return .answer(200, ["Content-Type": "application/json"], body: "{\"data\":[\(entries)]}")
  }

  @Test func whatCanBeUsedComesFirstAndTheNewestOfIt() async throws {
    let keyed = LoopbackServer(list([("old", 100), ("newest", 900), ("text-embedding-3-small", 950), ("middle", 500)]))
    let local = LoopbackServer(list([("small", 5)]))
    let engine = try engine(keyed, local: local)
    let recent = [ModelID("openai/middle")!, ModelID("anthropic/claude-sonnet-5")!]
    let told = Mutex<[[CatalogueEntry]]>([])
    let whole = await withCheckedContinuation { continuation in
      engine.catalogue(recent: recent, asking: .all, early: { entries in told.withLock { $0.append(entries) } }) {
        continuation.resume(returning: $0)
      }
    }
    let early = told.withLock(\.self)
    #expect(early.count == 2)
    #expect(early[0].map(\.model.text) == ["openai/middle", "openai/gpt-5.6", "anthropic/claude-sonnet-5"])
    #expect(early[1].first { $0.model.text == "openai/gpt-5.6" }?.price != nil)
    let names = whole.map(\.model.text)
    #expect(names.first == "openai/middle", "used last")
    #expect(names.prefix(3).contains("openai/gpt-5.6"))
    #expect(!names.contains("openai/text-embedding-3-small"), "it writes no text")
    let newest = try #require(names.firstIndex(of: "openai/newest"))
    let old = try #require(names.firstIndex(of: "openai/old"))
    let small = try #require(names.firstIndex(of: "local/small"))
    #expect(newest < old && old < small, "of services with a key, then of this machine")
    let firstMissing = try #require(whole.firstIndex { $0.isKeyMissing })
    #expect(small < firstMissing && whole[firstMissing...].allSatisfy(\.isKeyMissing), "those without a key come last")
    #expect(names[firstMissing] == "anthropic/claude-sonnet-5", "of them too those used lately are first")
    engine.catalogue(recent: [], early: { entries in told.withLock { $0.append(entries) } }, then: { _ in })
    #expect(told.withLock { $0[3] }.contains { $0.model.text == "local/small" }, "what was listed is remembered")
  }

  @Test func namesTellDates() {
    let dates = ModelDates(names: ["gpt-5.4-2026-03-05", "claude-opus-4-20250514", "x-2026-13-40", "phi-12345678901"])
    #expect(dates.date(of: "gpt-5.4") == dates.date(of: "gpt-5.4-2026-03-05"))
    #expect(dates.date(of: "gpt-5.4").map(isoDate) == "2026-03-05")
    #expect(dates.date(of: "claude-opus-4").map(isoDate) == "2025-05-14")
    #expect(dates.date(of: "x") == nil && dates.date(of: "phi") == nil && dates.date(of: "gpt") == nil)
  }

  @Test func keysAreToldByWhereTheyAre() throws {
    let server = LoopbackServer(list([]))
    var services = Catalog.services
    services.append(Service("mybox", dialect: "openai-chat", baseURL: server.url))
    let engine = Engine(
      services: services, store: try Store.inMemory(), prices: PriceBook(), loop: TransferLoop(),
      keyOrigin: { $0.id.hasPrefix("openai") ? .variable("OPENAI_API_KEY") : nil }, findKey: { _ in .notNeeded })
    let keys = engine.providerKeys()
    #expect(
      keys.first
        == ProviderKey(
          services: ["openai", "openai-responses"], origin: .variable("OPENAI_API_KEY"), variable: "OPENAI_API_KEY"))
    #expect(keys.contains(ProviderKey(services: ["mybox"])))
    #expect(!keys.contains { $0.services.contains("ollama") || $0.services.contains("demo") }, "these need none")
    #expect(engine.firstLanes(of: ["openai"]).map(\.text) == ["openai/gpt-5.6", "openai/gpt-5.6"])
  }
}
