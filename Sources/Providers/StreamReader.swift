import Core

/// Turns the body of one answer into deltas: events of a stream, or a single JSON document from a server that did not stream,
/// or an error in place of either. Lives on the transfer thread, one for each request.
public struct StreamReader {
  /// A body that is no event stream is read to its end before it is understood; this is where patience ends.
  private static let largestWholeBody = 16 << 20

  /// Told of the data of each event that is no error, and of a body that is none of events (`isWhole`); valid during the call.
  public typealias Tap = (_ data: UnsafeRawBufferPointer, _ isWhole: Bool) -> Void

  private enum Form { case unknown, events, whole }

  private var form = Form.unknown
  private var parser = ServerSentEventParser()
  private let document = JSONDocument()
  private var decoder: any EventDecoder
  private let tap: Tap?
  private var whole: [UInt8] = []
  private var isBroken = false

  public init(dialect: any Dialect, service: Service, tap: Tap? = nil) {
    self.tap = tap
    decoder = dialect.makeDecoder(for: service)
  }

  /// Adds the deltas that these bytes complete.
  public mutating func feed(_ bytes: UnsafeRawBufferPointer, into deltas: inout [Delta]) {
    guard !isBroken else { return }
    if form == .unknown, let first = bytes.first(where: { ![0x20, 0x0A, 0x0D, 0x09].contains($0) }) {
      form = [UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "<")].contains(first) ? .whole : .events
    }
    switch form {
    case .whole:
      whole.append(contentsOf: bytes)
      if whole.count > Self.largestWholeBody {
        fail("answered with more than 16 MB that is no event stream", &deltas)
      }
    case .events, .unknown:
      // Blanks alone go to the parser too: they may be the beginning of a line.
      do {
        try feedEvents(bytes, into: &deltas)
      } catch {
        fail("sent a line or an event longer than 8 MB; what came before it is kept", &deltas)
      }
    }
  }

  private mutating func feedEvents(
    _ bytes: UnsafeRawBufferPointer, into deltas: inout [Delta]
  ) throws(ServerSentEventParser.LineTooLong) {
    var parser = parser
    self.parser = ServerSentEventParser()
    defer { self.parser = parser }
    try parser.feed(bytes) { read($0, into: &deltas) }
  }

  /// The body ended (in whatever way).
  public mutating func finish(into deltas: inout [Delta]) {
    guard !isBroken else { return }
    if form == .whole { return readWhole(whole, into: &deltas) }
    var parser = parser
    parser.finish { read($0, into: &deltas) }
    let stray = parser.stray
    if stray.contains(UInt8(ascii: "{")) { readStray(stray, into: &deltas) }
  }

  private mutating func read(_ event: UnsafeRawBufferPointer, into deltas: inout [Delta]) {
    guard !isBroken else { return }
    var data = event
    while let last = data.last, last == 0x20 { data = UnsafeRawBufferPointer(rebasing: data.dropLast()) }
    // Some proxies keep a stream alive with empty events.
    if data.isEmpty { return }
    if data.count == 6, data.elementsEqual("[DONE]".utf8) {
      deltas.append(.terminator)
      return
    }
    do {
      let count = deltas.count
      let event = try document.parse(data)
      decoder.decode(event, into: &deltas)
      if !deltas[count...].contains(where: \.isFailure) { hand(data, event, isWhole: false) }
    } catch {
      fail("sent an event that is not JSON; what came before it is kept", &deltas)
    }
  }

  private mutating func readWhole(_ body: [UInt8], into deltas: inout [Delta]) {
    let parsed = try? body.withUnsafeBytes { bytes in try document.parse(bytes) }
    guard let parsed else {
      let isPage = body.first(where: { $0 > 0x20 }) == UInt8(ascii: "<")
      return fail(
        isPage ? "answered with a web page instead of JSON: check base_url and any proxy" : "answered with broken JSON",
        &deltas)
    }
    if let error = ErrorBody.read(parsed, status: nil) {
      deltas.append(.failure(error))
    } else {
      decoder.decodeWhole(parsed, into: &deltas)
      if !deltas.contains(where: \.isFailure) { body.withUnsafeBytes { hand($0, parsed, isWhole: true) } }
    }
  }

  /// As it came, where every reader of JSON reads that; else the same written anew.
  private func hand(_ data: UnsafeRawBufferPointer, _ view: JSONView, isWhole: Bool) {
    guard let tap else { return }
    if document.isClean { return tap(data, isWhole) }
    var text = view.source
    text.withUTF8 { tap(UnsafeRawBufferPointer($0), isWhole) }
  }

  private mutating func readStray(_ stray: [UInt8], into deltas: inout [Delta]) {
    guard let parsed = try? stray.withUnsafeBytes({ try document.parse($0) }),
      let error = ErrorBody.read(parsed, status: nil)
    else { return }
    deltas.append(.failure(error))
  }

  private mutating func fail(_ message: String, _ deltas: inout [Delta]) {
    isBroken = true
    whole = []
    deltas.append(.failure(ResponseError(.protocolFault, message)))
  }
}
