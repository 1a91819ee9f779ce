import ArgumentParser
import Core
import Engine
import Foundation
import Providers
import Store
import Synchronization
import Transport

/// Options that every command with a database takes.
struct DatabaseOptions: ParsableArguments {
  @Option(name: .customLong("db"), help: ArgumentHelp("The database.", valueName: "file"))
  var database: String?
}

/// What to race.
struct LaneOptions: ParsableArguments {
  @Option(
    name: [.customShort("m"), .customLong("model")],
    help: ArgumentHelp("A lane: provider/model, with parameters after commas.", valueName: "model"),
    completion: Completions.models)
  var models: [String] = []

  @Option(help: "A lineup saved in the workbench or in the config.", completion: Completions.lineups)
  var lineup: String?
}

/// What a command may spend.
struct SpendingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Spend at most this much (US dollars); else the config's budget for a turn. Its budgets for a day and a month hold all "
        + "the same.", valueName: "usd"), transform: amountOfMoney)
  var maxCost: Money?

  @Flag(help: "Ask models without a known price although there is a budget; what they cost is not counted.")
  var allowUnpriced = false
}

/// Reads an option that is an amount of US dollars.
@Sendable func amountOfMoney(_ text: String) throws -> Money {
  guard let amount = Money(decimal: text), amount >= .zero else {
    throw ValidationError("it takes an amount of US dollars, such as 0.05")
  }
  return amount
}

/// Reads an option that is a date: the first second of that day.
@Sendable func dayStart(_ text: String) throws -> Int64 {
  guard let moment = DayText.start(text, now: Clock.system.date()) else {
    throw ValidationError(SessionFilter.dateFault)
  }
  return moment
}

/// The first second after that day.
@Sendable func dayEnd(_ text: String) throws -> Int64 {
  guard let moment = DayText.end(text, now: Clock.system.date()) else { throw ValidationError(SessionFilter.dateFault) }
  return moment
}

/// The rooms put together from the environment and the config. Made once by a command.
struct Setup {
  let paths: Paths
  let config: Config
  let keyFinder: KeyFinder
  let environment: [String: String]
  let prices: PriceBook

  init(database: String? = nil) throws(CommandError) {
    environment = ChildEnvironment.atStart
    paths = Paths(environment: environment, database: database)
    do {
      config = try Config(path: paths.config)
    } catch {
      throw error.commandError
    }
    let file = paths.prices
    prices = PriceBook(overrides: config.prices) {
      guard let data = FileManager.default.contents(atPath: file) else { return nil }
      let source = (try? String(contentsOfFile: file + ".source", encoding: .utf8)) ?? file
      return PriceBook.Update(source: source, bytes: Array(data))
    }
    ChildEnvironment.hideKeys(environment, of: config.services)
    keyFinder = KeyFinder(environment: environment, sources: config.keySources, configPath: paths.config)
  }

  func openStore() throws(CommandError) -> Store {
    let folder = (paths.database as NSString).deletingLastPathComponent
    do {
      if !folder.isEmpty {
        try FileManager.default.createDirectory(
          atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      }
      // Prompts and answers are nobody else's business.
      let mask = umask(0o077)
      defer { umask(mask) }
      return try Store(path: paths.database)
    } catch let error as StoreError {
      throw CommandError(error.message)
    } catch {
      throw CommandError("cannot make the folder \(folder): name another database with --db FILE")
    }
  }

  /// A file on disk, or at an http(s) URL.
  func read(_ source: String) throws -> [UInt8] {
    guard source.hasPrefix("http://") || source.hasPrefix("https://") else {
      guard let data = FileManager.default.contents(atPath: source) else {
        throw CommandError("cannot read \(VisibleText.line(source)): check the name and its permissions")
      }
      return Array(data)
    }
    let waiter = Waiter<Result<[UInt8], ResponseError>>()
    do throws(StoreError) { makeEngine(store: try Store.inMemory()).download(source) { waiter.fulfil($0) } } catch {
      throw CommandError(error.message)
    }
    switch waiter.wait(seconds: 60) {
    case .success(let bytes): return bytes
    case .failure(let error): throw CommandError("\(VisibleText.line(source)): \(error.message)")
    case nil: throw CommandError("\(VisibleText.line(source)) did not answer within a minute")
    }
  }

  /// Puts a file of price records in place of the bundled ones.
  func keepPrices(_ bytes: [UInt8], source: String) throws(CommandError) {
    do {
      try FileManager.default.createDirectory(
        atPath: (paths.prices as NSString).deletingLastPathComponent, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
      try source.write(toFile: paths.prices + ".source", atomically: true, encoding: .utf8)
      try Data(bytes).write(to: URL(fileURLWithPath: paths.prices), options: .atomic)
    } catch {
      throw CommandError("\(paths.prices) cannot be written: check its permissions and the disk")
    }
  }

  func makeEngine(store: Store) -> Engine {
    // libcurl reads the proxy variables itself, but knows nothing of these.
    let caFile = ["SSL_CERT_FILE", "CURL_CA_BUNDLE"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    let idle = DescriptorPlan(limit: Descriptors.limit, open: Descriptors.open).idle
    let finder = keyFinder
    return Engine(
      services: config.services, store: store, prices: prices, loop: TransferLoop(caFile: caFile, mostIdle: idle),
      limits: config.limits, budget: config.budget, keyOrigin: { finder.origin($0) }, findKey: { finder.find($0) })
  }

  /// The lanes asked for, or the default lineup: the config's `default`, else a model of each provider that has a key, else what
  /// a server on this machine offers. Two lanes, unless the config says otherwise.
  /// - Parameter mayBeNone: none is no error, where none was named.
  func lanes(_ options: LaneOptions, _ engine: Engine, mayBeNone: Bool = false) throws(CommandError) -> [Lane] {
    var lanes: [Lane] = []
    if let lineup = options.lineup {
      // One saved in the workbench comes before one of the same name in the config.
      let saved: [(name: String, lanes: [Lane])]
      do throws(StoreError) { saved = try engine.store.lineups() } catch { throw CommandError(error.message) }
      guard let found = saved.first(where: { $0.name == lineup })?.lanes ?? config.lineups[lineup] else {
        let names = (saved.map(\.name) + config.lineups.keys).sorted()
        let hint = nearest(to: lineup, in: names).map { "; did you mean \($0)?" } ?? ""
        throw CommandError("no lineup ‘\(lineup)’ is saved or in \(paths.config)\(hint)")
      }
      lanes = found
    }
    for text in options.models { lanes.append(try lane(text, engine)) }
    for lane in lanes {
      if let service = engine.service(lane.model.provider) {
        if let fault = service.fault(inModel: lane.model.model) { throw CommandError(fault) }
        continue
      }
      let hint = nearest(to: lane.model.provider, in: config.services.map(\.id)).map { "; did you mean \($0)?" } ?? ""
      throw CommandError(
        "no provider ‘\(lane.model.provider)’\(hint); furlong providers lists them, the config can add one")
    }
    if lanes.isEmpty { lanes = defaultLanes(engine) }
    if lanes.isEmpty, !mayBeNone {
      throw CommandError(
        "no model to ask: set a key such as OPENAI_API_KEY, start a local server (scripts/local-models up), or see furlong demo"
      )
    }
    if lanes.count > 9 { throw CommandError("nine lanes at most: \(lanes.count) were asked for") }
    return lanes
  }

  /// As written: `provider/model`, or as in the gateway a model that only one provider with a key has.
  private func lane(_ text: String, _ engine: Engine) throws(CommandError) -> Lane {
    let whole = Result<Lane, InvalidLane> { () throws(InvalidLane) in try Lane(parsing: text) }
    if case .success(let lane) = whole, engine.service(lane.model.provider) != nil { return lane }
    let router = try makeRouter(store: engine.store)
    // What the config names, and what was asked lately, of servers that no price list knows.
    let recent = (try? engine.store.recentModels(limit: 200)) ?? []
    for service in config.services where !service.needsKey || keyFinder.hasKey(service) {
      let asked = recent.filter { $0.provider == service.id }.map(\.model)
      router.learn(models: asked + [service.defaultModel].compactMap(\.self), of: service.id)
    }
    switch (router.lane(text), whole) {
    case (.success(let lane), _): return lane
    case (.failure(let fault), _) where fault.kind == .ambiguous: throw CommandError(fault.message)
    // A provider that is not there is told with the nearest that is.
    case (_, .success(let lane)): return lane
    case (.failure(let fault), .failure(let error)):
      throw CommandError(fault.kind == .malformed ? error.message : fault.message)
    }
  }

  private func defaultLanes(_ engine: Engine) -> [Lane] {
    if let lanes = config.lineups["default"] { return lanes }
    let keyed = config.services.filter { $0.needsKey && keyFinder.hasKey($0) }.compactMap { service in
      service.defaultModel.map { Lane(model: ModelID(provider: service.id, model: $0)) }
    }
    if keyed.count > 1 { return Array(keyed.prefix(2)) }
    if let only = keyed.first { return [only, only] }
    let local = localModels(engine)
    if local.count > 1 { return local.prefix(2).map { Lane(model: $0) } }
    if let only = local.first {
      return [0.2, 1.0].map { temperature in
        var lane = Lane(model: only)
        lane.parameters.temperature = temperature
        return lane
      }
    }
    return []
  }

  /// Models of the servers that answer on this machine, asked all at once.
  private func localModels(_ engine: Engine) -> [ModelID] {
    let candidates = config.services.filter { !$0.needsKey && !$0.isSimulated && $0.isLocal }
    let found = candidates.map { service in (service, Waiter<[ListedModel]>()) }
    for (service, waiter) in found { engine.listModels(service) { waiter.fulfil((try? $0.get()) ?? []) } }
    return found.flatMap { service, waiter in
      (waiter.wait(seconds: 2) ?? []).map { ModelID(provider: service.id, model: $0.id) }
    }
  }
}

/// A value that comes from another thread.
final class Waiter<Value: Sendable>: Sendable {
  private let semaphore = DispatchSemaphore(value: 0)
  private let value = Mutex<Value?>(nil)

  func fulfil(_ new: Value) {
    value.withLock { $0 = new }
    semaphore.signal()
  }

  /// Nil when it did not come in time.
  func wait(seconds: Double) -> Value? {
    _ = semaphore.wait(timeout: .now() + seconds)
    return value.withLock { $0 }
  }
}
