import Core
import Dispatch
import Foundation
import GRDB
import Synchronization

/// The one SQLite file for everything that happened. Records may be appended from any thread and never wait for the disk: a
/// queue of its own writes them in order, in batches. What cannot be written now is kept and tried again.
public final class Store: Sendable {
  /// Batches are this far apart, in milliseconds: the most of a stream that a killed process can lose is twice this.
  private static let interval = 200

  private struct Pending {
    var records: [Noted] = []
    /// How many of them come from a batch that could not be written.
    var kept = 0
    var waiting: [@Sendable (StoreError?) -> Void] = []
    var announcements: [Announcement] = []
    var announced: [@Sendable () -> Void] = []
    /// Somebody waits for rows of calls: nothing else may hold the disk for long.
    var announcesCalls = false
    var isScheduled = false
    /// The next sign of life will come by itself.
    var isBeating = false
    /// Saving does not work at the moment; what is to be saved is kept.
    var fault: StoreError?
    /// Something that could never be written, and is lost to the database.
    var loss: StoreError?
    var onFault: (@Sendable (StoreError?) -> Void)?
  }

  public let path: String
  /// What its rows' dates and its waiting go by.
  public let clock: Clock
  let database: any DatabaseWriter
  private let queue = DispatchQueue(label: "furlong.store")
  private let pending = Mutex(Pending())
  private let writer: Mutex<RecordWriter>
  let identity = WriterIdentity.current.text

  /// Opens or creates the file, brings its tables up to date, and marks as `cut` what a dead process left unfinished.
  /// - Throws: `StoreError`.
  public convenience init(path: String, clock: Clock = .system) throws(StoreError) {
    do {
      try self.init(database: try Self.pool(path: path, clock), path: path, clock: clock)
    } catch {
      throw StoreError(error, path: path).whileOpening
    }
  }

  /// Seconds for which a lock of another program is waited for.
  private static let patience = 5.0

  /// SQLite does not wait for every lock: of several programs that give one file its journal at once, some are told at once that it
  /// is busy. They try again for as long as any other lock is waited for.
  private static func pool(path: String, _ clock: Clock) throws -> DatabasePool {
    let deadline = clock.now() + Int64(patience * 1e9)
    while true {
      do {
        let pool = try DatabasePool(path: path, configuration: configuration)
        try migrate(pool, path: path)
        return pool
      } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && clock.now() < deadline {
        poll(nil, 0, 10)
      }
    }
  }

  private static func migrate(_ database: any DatabaseWriter, path: String) throws {
    if try database.read(Migrations.isNewer) { throw StoreError.newer(path: path) }
    // Reading first: an opening that has nothing to write need not wait for another program's lock.
    if try !database.read(Migrations.isComplete) {
      try forgetSpoiltCosts(in: database)
      try Migrations.run(database)
    }
  }

  /// A store that forgets everything when the process ends.
  public static func inMemory(clock: Clock = .system) throws(StoreError) -> Store {
    do {
      let database = try DatabaseQueue()
      try migrate(database, path: ":memory:")
      return try Store(database: database, path: ":memory:", clock: clock)
    } catch {
      throw StoreError(error, path: ":memory:")
    }
  }

  private static var configuration: Configuration {
    var configuration = Configuration()
    configuration.busyMode = .timeout(patience)
    // What is emptied is overwritten in the file.
    configuration.prepareDatabase { db in try db.execute(sql: "PRAGMA secure_delete = ON") }
    return configuration
  }

  private init(database: any DatabaseWriter, path: String, clock: Clock) throws {
    self.database = database
    self.path = path
    self.clock = clock
    writer = Mutex(RecordWriter(clock: clock))
    try recoverAnnouncements()
    try recoverCutResponses()
    try recoverHiddenPairs()
    try purge { !isAlive($0, $1) }
  }

  // MARK: Writing

  /// Takes a record to be written within 200 ms. Never waits.
  /// - Parameter date: when it happened, in seconds since 1970; nil for just now.
  public func append(_ record: Record, at date: Int64? = nil) {
    let date = date ?? clock.date()
    let mustSchedule = pending.withLock { pending in
      pending.records.append(Noted(record: record, date: date))
      defer { pending.isScheduled = true }
      return !pending.isScheduled
    }
    if mustSchedule { scheduleFlush(after: Self.interval) }
  }

  /// Milliseconds that a call waits for its row: a disk that is slow, or locked by another program, delays it by no more. The row
  /// follows when it can.
  static let mostWait = 1000
  private static let deadlines = DispatchQueue(label: "furlong.store.deadlines")

  /// Takes a call that is to be sent: `then` is called once, on some queue, when a small row of it stands, could not be written,
  /// or has been waited for long enough. Its own rows follow with the next batch.
  public func announce(
    _ session: Session, _ turn: Turn, _ calls: [StartedCall], then: @escaping @Sendable () -> Void
  ) {
    let then = Self.soon(then)
    append(.call(session, turn, calls))
    pending.withLock { pending in
      pending.announcements.append(Announcement(session: session, turn: turn, calls: calls))
      pending.announced.append(then)
      pending.announcesCalls = true
    }
    queue.async { self.flushAnnouncements() }
  }

  /// Calls `then` once, on some queue, when everything appended so far is written, could not be, or has been waited for long enough:
  /// for requests that are to be sent.
  public func commitSoon(then: @escaping @Sendable () -> Void) {
    let then = Self.soon(then)
    commit { _ in then() }
  }

  /// The same, called once at the latest when its time is over.
  private static func soon(_ then: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
    // Let go of by the first call: the deadline must not keep what waited alive.
    let rest = Held(then)
    deadlines.asyncAfter(deadline: .now() + .milliseconds(mostWait)) { rest.take()?() }
    return { rest.take()?() }
  }

  /// Records that may wait for the disk while calls are announced: from there on those who announce wait with them.
  private static let mostBehind = 2048

  private func flushAnnouncements() {
    if pending.withLock({ $0.records.count > Store.mostBehind }) { flush() }
    writeAnnouncements()
  }

  private func writeAnnouncements() {
    let (announcements, waiting) = pending.withLock { pending in
      defer { (pending.announcements, pending.announced) = ([], []) }
      return (pending.announcements, pending.announced)
    }
    guard !announcements.isEmpty else { return }
    let writer = identity
    // A fault shows, and is told, when the rows themselves are written.
    do { try database.write { db in for one in announcements { try one.write(by: writer, db) } } } catch {}
    for then in waiting { then() }
  }

  /// Calls `then` on the store's queue once everything appended so far is written, or could not be.
  public func commit(then: @escaping @Sendable (StoreError?) -> Void) {
    pending.withLock { $0.waiting.append(then) }
    queue.async { self.flush() }
  }

  /// Until everything appended so far is written, or could not be; five seconds at most. Not for the main thread of a screen.
  public func waitUntilWritten() {
    let written = DispatchSemaphore(value: 0)
    commit { _ in written.signal() }
    _ = written.wait(timeout: .now() + 5)
  }

  /// Writes what is left, before the process ends, and empties what it has deleted. Waits for the disk.
  /// - Throws: the reason when something could not be saved.
  public func close() throws(StoreError) {
    queue.sync { flush() }
    do { try purge { writer, _ in writer == .current } } catch { throw StoreError(error, path: path) }
    if let fault = pending.withLock({ $0.loss ?? $0.fault }) { throw fault }
  }

  /// Does something on the store's queue after everything appended so far is written, and waits for it.
  func onQueue<Value>(_ body: () -> Value) -> Value {
    queue.sync {
      flush()
      return body()
    }
  }

  /// Tells when saving stops working, and with nil when it works again. On the store's queue.
  public func onFault(_ handle: @escaping @Sendable (StoreError?) -> Void) {
    pending.withLock { $0.onFault = handle }
  }

  private func scheduleFlush(after milliseconds: Int) {
    queue.asyncAfter(deadline: .now() + .milliseconds(milliseconds)) { self.flush() }
  }

  private func flush() {
    let (records, waiting) = pending.withLock { pending in
      pending.isScheduled = false
      defer { (pending.records, pending.waiting) = ([], []) }
      return (pending.records, pending.waiting)
    }
    let fault = records.isEmpty ? nil : write(records)
    for then in waiting { then(fault) }
    keepBeating()
  }

  /// Signs of life while answers are coming, also while they say nothing.
  private func keepBeating() {
    guard writer.withLock(\.hasOpen),
      pending.withLock({ pending in
        defer { pending.isBeating = true }
        return !pending.isBeating
      })
    else { return }
    queue.asyncAfter(deadline: .now() + .seconds(Int(WriterIdentity.beat))) { [weak self] in
      guard let self else { return }
      pending.withLock { $0.isBeating = false }
      if writer.withLock(\.hasOpen) { _ = attempt([], writesParts: false) }
      keepBeating()
    }
  }

  /// Records of one transaction while calls are announced: about a millisecond.
  private static let slice = 24

  private func write(_ records: [Noted]) -> StoreError? {
    var rest = records[...]
    var worst: StoreError?
    while !rest.isEmpty {
      let size = pending.withLock { $0.announcesCalls } ? Store.slice : rest.count
      let slice = Array(rest.prefix(size))
      rest = rest.dropFirst(size)
      if let fault = write(slice, isLast: rest.isEmpty) {
        worst = fault
        if fault.isPassing {
          keepRest(rest)
          return fault
        }
      }
      if rest.count <= Store.mostBehind { writeAnnouncements() }
    }
    return worst
  }

  /// A passing fault keeps the whole batch for later; a record that can never be written is dropped by itself, and told, so that
  /// it does not hold up the others.
  private func write(_ records: [Noted], isLast: Bool) -> StoreError? {
    func attempt(_ records: [Noted]) -> StoreError? { self.attempt(records, writesParts: isLast) }
    var attempted = attempt(records)
    // An index of words that is damaged can be made anew, and must not cost an answer.
    if case .damaged? = attempted, (try? database.write(rebuildSearch)) != nil { attempted = attempt(records) }
    guard let fault = attempted else {
      report(nil)
      return nil
    }
    if fault.isPassing {
      keep(records, fault)
    } else {
      for (index, record) in records.enumerated() {
        guard let fault = attempt([record]) else { continue }
        if fault.isPassing {
          keep(Array(records[index...]), fault)
          break
        }
        lose(fault)
      }
    }
    return fault
  }

  /// One transaction.
  private func attempt(_ records: [Noted], writesParts: Bool) -> StoreError? {
    do {
      try writer.withLock { writer in
        let before = writer
        do {
          try database.write { db in try writer.write(records, writesParts: writesParts, db) }
        } catch {
          writer = before
          throw error
        }
      }
      return nil
    } catch {
      return StoreError(error, path: path)
    }
  }

  /// What was not reached goes behind what is kept already, and before what has come since.
  private func keepRest(_ rest: ArraySlice<Noted>) {
    pending.withLock { pending in pending.records.insert(contentsOf: rest, at: pending.kept) }
  }

  private func keep(_ records: [Noted], _ fault: StoreError) {
    pending.withLock { pending in
      pending.records.insert(contentsOf: records, at: 0)
      pending.kept = records.count
      pending.isScheduled = true
    }
    scheduleFlush(after: 1000)
    report(fault)
  }

  private func lose(_ fault: StoreError) {
    let handle = pending.withLock { pending in
      pending.loss = .lost(path: path, detail: fault.message)
      return pending.onFault
    }
    handle?(.lost(path: path, detail: fault.message))
  }

  private func report(_ fault: StoreError?) {
    let handle = pending.withLock { pending in
      defer { pending.fault = fault }
      return pending.fault == fault ? nil : pending.onFault
    }
    handle?(fault)
  }
}

/// What is called once, by whoever comes first.
private final class Held: Sendable {
  private let work: Mutex<(@Sendable () -> Void)?>

  init(_ work: @escaping @Sendable () -> Void) { self.work = Mutex(work) }

  func take() -> (@Sendable () -> Void)? {
    work.withLock { work in
      defer { work = nil }
      return work
    }
  }
}

/// Bytes of a text as SQLite keeps them; see `Migration`.
func blob(_ text: String) -> DatabaseValue { Data(text.utf8).databaseValue }
