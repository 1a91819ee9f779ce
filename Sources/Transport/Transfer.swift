import CCurl
import Core

/// Whose turn it is: in each, every transfer that has something is heard. Owned by the `TransferLoop`, on its thread.
final class Turns {
  /// Nanoseconds that handling one transfer's bytes may take before the others are heard.
  static let longest: Int64 = 5_000_000

  var number = 0
  /// Those that have more, which libcurl keeps until they are let go on.
  var held: [TransferID] = []
}

/// One libcurl easy handle and what it is told to do. Owned by the `TransferLoop`, touched on its thread only.
final class Transfer {
  let id: TransferID
  let easy: UnsafeMutableRawPointer
  private let request: TransferRequest
  private let now: @Sendable () -> Int64
  private let turns: Turns
  /// The turn in which something came last, and how many nanoseconds it took to handle what came in it.
  private var turn = 0
  private var spent: Int64 = 0
  private var handle: (TransferEvent) -> Void
  private var headerList: UnsafeMutablePointer<curl_slist>?
  private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

  /// Nanoseconds of silence after which the loop gives up; the engine shortens it once tokens flow.
  var silenceLimit: Int64
  /// When the last byte came, or the request was sent; nil while it is not yet sent.
  private(set) var lastLife: Int64?
  private var status = 0
  private var headers: [String: String] = [:]
  private var sentHead = false
  private var headLength = 0
  /// The limit at which it was ended from within.
  private var exceeded: TransferError?
  /// Nanoseconds without progress after which the loop gives up; nil for no limit.
  var progressLimit: Int64?
  /// When the receiver last told of progress, or the request was sent; nil while it is not yet sent.
  var lastProgress: Int64?
  /// Set by libcurl's callback when no socket could be had.
  private let isFull = UnsafeMutablePointer<Int32>.allocate(capacity: 1)

  init?(
    _ request: TransferRequest, id: TransferID, caFile: String?, turns: Turns, now: @escaping @Sendable () -> Int64,
    handle: @escaping (TransferEvent) -> Void
  ) {
    guard let easy = curl_easy_init() else { return nil }
    self.id = id
    self.easy = easy
    (self.request, self.turns, self.now) = (request, turns, now)
    self.handle = handle
    silenceLimit = request.silenceLimit
    progressLimit = request.progressLimit
    isFull.initialize(to: 0)
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    configure(caFile: caFile)
  }

  deinit {
    curl_easy_cleanup(easy)
    curl_slist_free_all(headerList)
    errorText.deallocate()
    isFull.deallocate()
  }

  private func configure(caFile: String?) {
    let context = Unmanaged.passUnretained(self).toOpaque()
    _ = ccurl_set_string(easy, CURLOPT_URL, request.url)
    _ = ccurl_set_string(easy, CURLOPT_PROTOCOLS_STR, "http,https")
    // Sent as it was written: what climbs is refused before, not made into another path here.
    _ = ccurl_set_long(easy, CURLOPT_PATH_AS_IS, 1)
    _ = ccurl_set_long(easy, CURLOPT_NOSIGNAL, 1)
    _ = ccurl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, Int(max(1, request.connectLimit / 1_000_000)))
    _ = ccurl_set_long(easy, CURLOPT_TCP_KEEPALIVE, 1)
    _ = ccurl_set_long(easy, CURLOPT_BUFFERSIZE, 64 << 10)
    _ = ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
    _ = ccurl_watch_sockets(easy, isFull)
    if let caFile { _ = ccurl_set_string(easy, CURLOPT_CAINFO, caFile) }
    switch request.method {
    case .get: _ = ccurl_set_long(easy, CURLOPT_HTTPGET, 1)
    case .head: _ = ccurl_set_long(easy, CURLOPT_NOBODY, 1)
    case .post:
      _ = ccurl_set_long(easy, CURLOPT_POST, 1)
      _ = ccurl_set_long(easy, CURLOPT_POSTFIELDSIZE, request.body.count)
      request.body.withUnsafeBytes { body in
        // Copied by libcurl: a large prompt is copied once, a pointer into a Swift array would not stay valid.
        _ = ccurl_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: body.baseAddress))
      }
    }
    // Without this a large prompt waits a second for a `100 Continue` that most servers never send.
    for line in request.headers.map({ "\($0.name): \($0.value)" }) + ["Expect:"] {
      headerList = curl_slist_append(headerList, line)
    }
    _ = ccurl_set_list(easy, CURLOPT_HTTPHEADER, headerList)
    _ = ccurl_set_pointer(easy, CURLOPT_WRITEDATA, context)
    _ = ccurl_set_pointer(easy, CURLOPT_HEADERDATA, context)
    _ = ccurl_set_pointer(easy, CURLOPT_PREREQDATA, context)
    _ = ccurl_set_data_callback(easy, CURLOPT_WRITEFUNCTION) { data, size, count, context in
      guard let transfer = Transfer.from(context), let data else { return 0 }
      if transfer.hasHadItsTurn { return Int(CURL_WRITEFUNC_PAUSE) }
      return transfer.receiveBody(UnsafeRawBufferPointer(start: data, count: size * count)) ? size * count : 0
    }
    _ = ccurl_set_data_callback(easy, CURLOPT_HEADERFUNCTION) { data, size, count, context in
      guard let transfer = Transfer.from(context), let data else { return 0 }
      return transfer.receiveHeader(UnsafeRawBufferPointer(start: data, count: size * count)) ? size * count : 0
    }
    _ = ccurl_set_prereq_callback(easy) { context, _, _, _, _ in
      Transfer.from(context)?.noteSent()
      return Int32(CURL_PREREQFUNC_OK)
    }
  }

  private static func from(_ context: UnsafeMutableRawPointer?) -> Transfer? {
    context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
  }

  private func noteSent() {
    let now = self.now()
    lastLife = now
    lastProgress = lastProgress ?? now
    handle(.sent(at: now))
  }

  /// False ends the transfer: no server that answers has so much to say before its answer.
  private func receiveHeader(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let now = self.now()
    lastLife = now
    headLength += bytes.count
    exceeded = fault(at: now)
    if headLength > TransferRequest.longestHead || exceeded != nil { return false }
    // Trailers tell nothing that is wanted.
    if sentHead { return true }
    var line = String(decoding: bytes, as: UTF8.self)
    while let last = line.last, last.isNewline { line.removeLast() }
    if line.hasPrefix("HTTP/") {
      status = line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
      headers = [:]
    } else if let colon = line.firstIndex(of: ":") {
      let value = line[line.index(after: colon)...].drop { $0 == " " }
      headers[line[..<colon].lowercased()] = String(value)
    } else if line.isEmpty, status >= 200, !sentHead {
      sentHead = true
      handle(.head(status: status, headers: headers, at: now))
    }
    return true
  }

  /// Why the loop should give up now; nil while there is hope.
  func fault(at now: Int64) -> TransferError? {
    if let life = lastLife, now - life >= silenceLimit { return .silence(seconds: Int(silenceLimit / 1_000_000_000)) }
    if let limit = progressLimit, let last = lastProgress, now - last >= limit {
      return .noProgress(seconds: Int(limit / 1_000_000_000))
    }
    return nil
  }

  /// When `fault` is to be asked next; nil before the request is sent.
  var nextLimit: Int64? {
    let limits = [
      lastLife.map { $0 + silenceLimit }, progressLimit.flatMap { limit in lastProgress.map { $0 + limit } },
    ]
    return limits.compactMap(\.self).min()
  }

  /// libcurl goes on reading as long as something comes: one that floods is held until the others have been heard.
  private var hasHadItsTurn: Bool {
    if turn != turns.number { (turn, spent) = (turns.number, 0) }
    guard spent > Turns.longest else { return false }
    turns.held.append(id)
    return true
  }

  /// False ends the transfer: where much comes, the loop itself comes round too seldom.
  private func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let now = self.now()
    lastLife = now
    handle(.bytes(bytes, at: now))
    // After it: what has come may be what was waited for.
    exceeded = fault(at: now)
    spent += self.now() - now
    return exceeded == nil
  }

  /// Cancelled: libcurl may still have something to hand over, but nobody hears it.
  func silence() { handle = { _ in } }

  func finish(_ error: TransferError?) { handle(.finished(error, at: now())) }

  func error(for code: CURLcode) -> TransferError? {
    if code == CURLE_OK { return nil }
    if let exceeded { return exceeded }
    if headLength > TransferRequest.longestHead {
      return .broken("its headers are longer than \(TransferRequest.longestHead >> 10) kB")
    }
    // Look-ups and certificates need descriptors as well, and libcurl does not say that they got none.
    if isFull.pointee != 0 || !Descriptors.hasSome { return .noDescriptors }
    let text = String(cString: errorText)
    let detail = text.isEmpty ? String(cString: curl_easy_strerror(code)) : text
    return TransferError(
      code: code, detail: detail, address: Transfer.address(of: request.url), url: request.url,
      connectSeconds: Int(request.connectLimit / 1_000_000_000))
  }

  /// `host:port` of a URL, for people.
  private static func address(of url: String) -> String {
    let rest = url.split(separator: "://", maxSplits: 1).last ?? ""
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    return String(authority.split(separator: "@").last ?? authority)
  }

  var phases: ConnectionPhases {
    var connections = 0
    _ = ccurl_get_long(easy, CURLINFO_NUM_CONNECTS, &connections)
    if connections == 0 { return ConnectionPhases(isReused: true) }
    func microseconds(_ info: CURLINFO) -> Int64 {
      var value: curl_off_t = 0
      _ = ccurl_get_offset(easy, info, &value)
      return Int64(value)
    }
    let lookup = microseconds(CURLINFO_NAMELOOKUP_TIME_T)
    let connect = max(lookup, microseconds(CURLINFO_CONNECT_TIME_T))
    let secured = microseconds(CURLINFO_APPCONNECT_TIME_T)
    return ConnectionPhases(
      nameLookup: lookup * 1000, connect: (connect - lookup) * 1000, tls: max(0, secured - connect) * 1000)
  }
}
