import CCurl
import Core
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The transfer thread: libcurl's multi interface, timers, and whatever is posted to it. One for a process. Everything handed
/// to it runs on its thread, one thing at a time, so that what it owns needs no locks.
///
/// Unchecked, because what is not behind `mailbox` is confined to that thread, which the compiler cannot see.
public final class TransferLoop: @unchecked Sendable {
  private struct Timer {
    let number: Int
    let due: Int64
    let work: () -> Void
  }

  public struct TimerID: Hashable, Sendable {
    let number: Int
  }

  private struct Mailbox {
    var work: [@Sendable () -> Void] = []
    var nextNumber = 1
    var isStopped = false
  }

  private let mailbox = Mutex(Mailbox())
  private let multi: UnsafeMutableRawPointer
  private let caFile: String?
  /// Monotonic nanoseconds: every time that the loop tells, and what its timers and limits go by.
  public let now: @Sendable () -> Int64

  private var transfers: [UnsafeMutableRawPointer: Transfer] = [:]
  private var handles: [TransferID: UnsafeMutableRawPointer] = [:]
  private var timers: [Timer] = []
  private let turns = Turns()
  private var isInsideCurl = false
  private var abandoned: [TransferID] = []

  /// - Parameters:
  ///   - caFile: a PEM file of certificate authorities instead of the system's.
  ///   - mostIdle: connections kept for the next request.
  ///   - now: another clock than the system's, for tests; whoever moves it wakes the loop with `perform`.
  public init(caFile: String? = nil, mostIdle: Int = 64, now: @escaping @Sendable () -> Int64 = Clock.system.now) {
    curl_global_init(Int(CURL_GLOBAL_DEFAULT))
    // Fails only when memory is out, before anything of the person's is at stake.
    guard let multi = curl_multi_init() else { preconditionFailure("libcurl could not be started: out of memory") }
    self.multi = multi
    (self.caFile, self.now) = (caFile, now)
    _ = ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, mostIdle)
    startThread()
  }

  /// Only here, when nobody is left who could wake it.
  deinit { curl_multi_cleanup(multi) }

  private func startThread() {
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self).toOpaque()
    pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<TransferLoop>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, context)
    pthread_detach(thread)
  }

  // MARK: From any thread

  /// Runs `work` on the transfer thread, after what was posted before it.
  public func perform(_ work: @escaping @Sendable () -> Void) {
    mailbox.withLock { $0.work.append(work) }
    curl_multi_wakeup(multi)
  }

  /// Cancels everything and ends the thread.
  public func stop() {
    mailbox.withLock { $0.isStopped = true }
    curl_multi_wakeup(multi)
  }

  // MARK: On the transfer thread

  /// Starts a request; events are handed to `handle` on this thread.
  @discardableResult
  public func submit(_ request: TransferRequest, _ handle: @escaping (TransferEvent) -> Void) -> TransferID {
    let id = TransferID(number: nextNumber())
    guard let transfer = Transfer(request, id: id, caFile: caFile, turns: turns, now: now, handle: handle) else {
      after(0) { [now] in handle(.finished(.other("out of memory"), at: now())) }
      return id
    }
    transfers[transfer.easy] = transfer
    handles[id] = transfer.easy
    if isInsideCurl {
      // libcurl refuses to be called from its own callbacks.
      after(0) { [weak self] in self?.start(transfer) }
    } else {
      start(transfer)
    }
    return id
  }

  private func start(_ transfer: Transfer) {
    guard transfers[transfer.easy] != nil else { return }
    curl_multi_add_handle(multi, transfer.easy)
  }

  /// Breaks a transfer off and closes its stream at once. No further event comes. Unknown ids are passed over.
  public func cancel(_ id: TransferID) {
    handles[id].flatMap { transfers[$0] }?.silence()
    if isInsideCurl { abandoned.append(id) } else { remove(id) }
  }

  /// Replaces the limit on silence of a running transfer, in nanoseconds.
  public func setSilenceLimit(_ limit: Int64, of id: TransferID) {
    handles[id].flatMap { transfers[$0] }?.silenceLimit = limit
  }

  /// Something has come that is what the request was sent for. On this thread.
  /// - Parameter limit: replaces the limit on progress, in nanoseconds, from here on.
  public func noteProgress(of id: TransferID, at now: Int64, limit: Int64? = nil) {
    guard let transfer = handles[id].flatMap({ transfers[$0] }) else { return }
    transfer.lastProgress = now
    if let limit { transfer.progressLimit = limit }
  }

  /// How the connection of a transfer came about; nil once it has ended.
  public func phases(of id: TransferID) -> ConnectionPhases? { handles[id].flatMap { transfers[$0] }?.phases }

  /// Runs `work` on this thread in `delay` nanoseconds.
  @discardableResult
  public func after(_ delay: Int64, _ work: @escaping () -> Void) -> TimerID {
    let timer = Timer(number: nextNumber(), due: now().addingSaturating(delay), work: work)
    timers.append(timer)
    return TimerID(number: timer.number)
  }

  public func cancel(_ timer: TimerID) { timers.removeAll { $0.number == timer.number } }

  private func nextNumber() -> Int {
    mailbox.withLock { box in
      box.nextNumber += 1
      return box.nextNumber
    }
  }

  private func remove(_ id: TransferID) {
    guard let easy = handles.removeValue(forKey: id), let transfer = transfers.removeValue(forKey: easy) else { return }
    curl_multi_remove_handle(multi, easy)
    withExtendedLifetime(transfer) {}
  }

  // MARK: The loop

  private func run() {
    while true {
      let (work, isStopped) = mailbox.withLock { box in
        defer { box.work = [] }
        return (box.work, box.isStopped)
      }
      if isStopped { return tearDown() }
      for item in work { item() }
      fireTimers()
      drive()
      var ready: Int32 = 0
      curl_multi_poll(multi, nil, 0, waitMilliseconds(), &ready)
    }
  }

  private func drive() {
    var running: Int32 = 0
    turns.number += 1
    let held = turns.held
    turns.held = []
    isInsideCurl = true
    // What was kept is handed over within the call. What ends there is ended below, by its limit or by libcurl.
    for id in held { if let easy = handles[id] { curl_easy_pause(easy, 0) } }
    curl_multi_perform(multi, &running)
    isInsideCurl = false
    for id in abandoned { remove(id) }
    abandoned = []
    reap()
    endSilent()
  }

  private func reap() {
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle, let transfer = transfers[easy]
      else {
        continue
      }
      end(transfer, transfer.error(for: ccurl_message_result(message)))
    }
  }

  /// The handler may still ask for the phases, so the transfer leaves the tables only after it has been told.
  private func end(_ transfer: Transfer, _ error: TransferError?) {
    transfer.finish(error)
    remove(transfer.id)
  }

  private func endSilent() {
    let now = self.now()
    for transfer in transfers.values {
      if let fault = transfer.fault(at: now) { end(transfer, fault) }
    }
  }

  private func fireTimers() {
    let now = self.now()
    // One at a time: a timer may cancel the one after it.
    while let next = timers.indices.filter({ timers[$0].due <= now }).min(by: {
      (timers[$0].due, timers[$0].number) < (timers[$1].due, timers[$1].number)
    }) {
      timers.remove(at: next).work()
    }
  }

  /// Until the next timer or silence limit; new work and sockets wake the poll by themselves.
  private func waitMilliseconds() -> Int32 {
    if !turns.held.isEmpty { return 0 }
    let now = self.now()
    var next = now + 1_000_000_000
    for timer in timers { next = min(next, timer.due) }
    for transfer in transfers.values {
      if let limit = transfer.nextLimit { next = min(next, limit) }
    }
    let delay = max(0, next - now)
    return Int32((delay + 999_999) / 1_000_000)
  }

  private func tearDown() {
    for id in Array(handles.keys) { remove(id) }
    timers = []
  }
}
