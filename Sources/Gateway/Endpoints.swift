import Core
import Engine
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Providers

/// A connection's request, as Hummingbird hands it over.
struct GatewayContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any NIOCore.Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    channel = source.channel
  }
}

/// The addresses of the gateway: one table, and what each of them does. On Hummingbird's tasks.
struct Endpoints: HTTPResponder {
  let gateway: Gateway

  private enum Address: Equatable {
    case ask(ClientDialect)
    case count
    case models(ClientDialect?, String?)
    case health
    case metrics
  }

  /// A base URL may end before or after `/v1`, and may name a dialect.
  private static func address(_ path: String) -> Address? {
    var rest = path[...]
    var named: ClientDialect?
    for (prefix, dialect) in [("/openai", ClientDialect.chat), ("/anthropic", .anthropic)]
    where rest.hasPrefix(prefix + "/") {
      rest = rest.dropFirst(prefix.count)
      named = dialect
    }
    if rest.hasPrefix("/v1/") { rest = rest.dropFirst(3) }
    switch rest {
    case "/chat/completions" where named != .anthropic: return .ask(.chat)
    case "/responses" where named != .anthropic: return .ask(.responses)
    case "/messages" where named != .chat: return .ask(.anthropic)
    case "/messages/count_tokens" where named != .chat: return .count
    case "/models": return .models(named, nil)
    case "/health", "/healthz": return .health
    case "/metrics": return .metrics
    default:
      guard rest.hasPrefix("/models/") else { return nil }
      return .models(named, rest.dropFirst(8).removingPercentEncoding)
    }
  }

  func respond(to request: Request, context: GatewayContext) async throws -> HummingbirdCore.Response {
    var response = await answer(request, context)
    if request.method == .head { response.body = .init() }
    return response
  }

  private func answer(_ request: Request, _ context: GatewayContext) async -> HummingbirdCore.Response {
    let path = request.uri.path
    let isAnthropic = request.headers[.anthropicVersion] != nil || path.contains("/messages")
    let dialect: ClientDialect = isAnthropic ? .anthropic : path.hasSuffix("/responses") ? .responses : .chat
    if let fault = page(request) { return refuse(fault, dialect) }
    guard let address = Endpoints.address(path) else {
      var fault = ClientFault(404, .notFound, "there is nothing at \(VisibleText.line(path))")
      fault.isAddress = true
      return refuse(fault, dialect)
    }
    let isPost =
      switch address {
      case .ask, .count: true
      case .models, .health, .metrics: false
      }
    guard request.method == (isPost ? .post : .get) || request.method == .head && !isPost else {
      let wanted = isPost ? "POST" : "GET, HEAD"
      var response = refuse(ClientFault(405, .badRequest, "\(VisibleText.line(path)) takes \(wanted) only"), dialect)
      response.headers.set("allow", wanted)
      return response
    }
    if let fault = stranger(request, address) { return refuse(fault, dialect) }
    switch address {
    case .ask(let dialect): return await ask(request, context, dialect)
    case .count: return await count(request)
    case .models(let named, let id):
      return await models(id, in: named ?? (isAnthropic ? .anthropic : .chat))
    case .health: return health()
    case .metrics: return metrics()
    }
  }

  // MARK: Answers

  private func ask(
    _ request: Request, _ context: GatewayContext, _ dialect: ClientDialect
  ) async -> HummingbirdCore.Response {
    let sender = sender(of: request)
    var asked: String?
    let answer: Answer
    do throws(ClientFault) {
      // Before the body is read: strangers learn nothing, and send nothing long.
      if let refusal = gateway.keys.refusal(of: sender.token, isLoopback: gateway.settings.isLoopback) {
        throw ClientFault(refusal)
      }
      let read = try await read(request, dialect)
      asked = read.model
      answer = try gateway.ask(read, sender)
    } catch {
      gateway.refused(error, sender, dialect, asked: asked)
      return refuse(error, dialect)
    }
    let channel = context.channel
    answer.progress.withLock { $0.hangUp = { channel.close(promise: nil) } }
    gateway.departures.watch(channel) { answer.leave() }
    switch await answer.head.value() {
    case .fault(let fault, let receipt):
      gateway.departures.forget(channel)
      return refuse(fault, dialect, receipt)
    case .whole(let bytes, let receipt):
      gateway.departures.forget(channel)
      return HummingbirdCore.Response(
        status: .ok, headers: headers(receipt, type: "application/json"),
        body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    case .stream(let receipt):
      return HummingbirdCore.Response(
        status: .ok, headers: streamHeaders(receipt),
        body: stream(answer, channel, wantsTrailers: request.headers[.te]?.contains("trailers") == true))
    }
  }

  /// - Parameter wantsTrailers: the client says that it reads them; others get what they say in a comment alone.
  private func stream(_ answer: Answer, _ channel: any NIOCore.Channel, wantsTrailers: Bool) -> ResponseBody {
    let (departures, clock) = (gateway.departures, gateway.clock)
    return ResponseBody { writer in
      do {
        while let bytes = await answer.outbox.next() {
          answer.progress.withLock { $0.unread = clock.now() }
          try await writer.write(bytes)
          answer.progress.withLock { $0.unread = nil }
        }
        departures.forget(channel)
        var trailers = HTTPFields()
        let receipt = wantsTrailers ? answer.receiptAtEnd : nil
        for (name, value) in receipt?.headers ?? [] { trailers.set(name, value) }
        try await writer.finish(receipt == nil ? nil : trailers)
      } catch {
        departures.forget(channel)
        answer.leave()
        throw error
      }
    }
  }

  private func streamHeaders(_ receipt: AnswerReceipt) -> HTTPFields {
    var fields = headers(receipt, type: "text/event-stream; charset=utf-8")
    fields.set("cache-control", "no-cache")
    // Proxies that gather answers would make one piece of a stream.
    fields.set("x-accel-buffering", "no")
    return fields
  }

  private func headers(_ receipt: AnswerReceipt, type: String) -> HTTPFields {
    var fields = HTTPFields()
    fields.set("content-type", type)
    fields.set("x-request-id", receipt.call)
    fields.set("request-id", receipt.call)
    for (name, value) in receipt.headers { fields.set(name, value) }
    return fields
  }

  // MARK: Requests

  /// A page in somebody's browser may reach this machine's ports; programs say nothing of a page that they come from.
  private func page(_ request: Request) -> ClientFault? {
    let site = request.headers[HTTPField.Name("sec-fetch-site")]
    if request.headers[.origin] != nil || site.map({ $0 != "none" }) ?? false {
      return ClientFault(
        403, .auth, "requests from a web page are not taken: any page in a browser here could spend your money")
    }
    guard let host = request.head.authority, request.headers[HTTPField.Name("host")] == nil else {
      return ClientFault(400, .badRequest, "the request must name its host, and only one")
    }
    // A name of somebody else's that leads here is a page's way around its browser's rules.
    if gateway.settings.isLoopback, !Endpoints.isOwn(host) {
      return ClientFault(403, .auth, "‘\(VisibleText.line(host))’ is no name of this machine's own address")
    }
    return nil
  }

  /// Programs in a container reach this machine by the second name.
  private static func isOwn(_ host: String) -> Bool {
    guard let authority = Authority(host) else { return false }
    return authority.isLoopback || authority.host == .name("host.docker.internal")
  }

  /// Lists, counts and metrics are for those who have a key, where there are keys.
  private func stranger(_ request: Request, _ address: Address) -> ClientFault? {
    switch address {
    case .ask, .health: return nil
    case .count, .models, .metrics:
      return gateway.keys.refusal(of: token(of: request), isLoopback: gateway.settings.isLoopback).map {
        ClientFault($0)
      }
    }
  }

  private func body(of request: Request) async throws(ClientFault) -> ByteBuffer {
    if let encoding = request.headers[.contentEncoding], encoding != "identity" {
      throw ClientFault(
        415, .badRequest, "a body in the encoding ‘\(VisibleText.line(encoding))’ is not read: send it plain")
    }
    let limit = gateway.settings.longestBody
    let tooLong = ClientFault(413, .badRequest, "the body is longer than \(limit >> 20) MB, which is the limit")
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit { throw tooLong }
    do { return try await request.body.collect(upTo: limit) } catch is NIOTooManyBytesError {
      throw tooLong
    } catch {
      throw ClientFault(400, .badRequest, "the request broke off before its end")
    }
  }

  private func sender(of request: Request) -> Gateway.Sender {
    var sender = Gateway.Sender(gateway.clock)
    sender.path = request.uri.path
    sender.token = token(of: request)
    sender.parent = request.headers[HTTPField.Name("traceparent")].flatMap {
      TraceParent(header: $0, state: request.headers[HTTPField.Name("tracestate")])
    }
    for name in Gateway.travelling {
      if let field = HTTPField.Name(name), let value = request.headers[field] {
        sender.headers.append(Service.Header(name, value))
      }
    }
    return sender
  }

  /// Both SDKs' ways of sending a key are good for both dialects.
  private func token(of request: Request) -> String? {
    if let key = request.headers[HTTPField.Name("x-api-key")] { return key }
    guard let value = request.headers[.authorization], value.lowercased().hasPrefix("bearer ") else { return nil }
    return String(value.dropFirst(7))
  }

  private func read(
    _ request: Request, _ dialect: ClientDialect, isCount: Bool = false
  ) async throws(ClientFault) -> ClientRequest {
    let body = try await body(of: request)
    do throws(RequestFault) {
      var read = try body.withUnsafeReadableBytes { (bytes) throws(RequestFault) in
        try ClientRequest(bytes, dialect: dialect, isCount: isCount)
      }
      read.leaveOut(named: gateway.settings.leavesOut)
      return read
    } catch {
      throw ClientFault(error)
    }
  }

  private func count(_ request: Request) async -> HummingbirdCore.Response {
    do throws(ClientFault) {
      let read = try await read(request, .anthropic, isCount: true)
      let counted = try await gateway.count(read, sender(of: request))
      var response = json(["input_tokens": .int(counted.tokens)])
      if counted.isEstimate { response.headers.set("x-furlong-estimate", "true") }
      return response
    } catch {
      return refuse(error, .anthropic)
    }
  }

  private func models(_ id: String?, in dialect: ClientDialect) async -> HummingbirdCore.Response {
    let list = ModelList(await gateway.models())
    guard let id else { return json(list.document(in: dialect)) }
    guard let model = list.model(id, in: dialect) else {
      return refuse(ClientFault(404, .notFound, "there is no model ‘\(VisibleText.line(id))’ here"), dialect)
    }
    return json(model)
  }

  /// 503 while calls are answered but not saved.
  private func health() -> HummingbirdCore.Response {
    var document: JSON = ["status": "ok", "open_calls": .int(gateway.openCalls)]
    guard let fault = gateway.storeFault else { return json(document) }
    (document["status"], document["reason"]) = ("not saving", .string(fault))
    return json(document, status: 503)
  }

  private func metrics() -> HummingbirdCore.Response {
    var fields = HTTPFields()
    fields.set("content-type", Prometheus.contentType)
    let text = Prometheus.text(gateway.metrics)
    return HummingbirdCore.Response(status: .ok, headers: fields, body: .init(byteBuffer: ByteBuffer(string: text)))
  }

  // MARK: Writing

  private func json(_ document: JSON, status: Int = 200) -> HummingbirdCore.Response {
    var fields = HTTPFields()
    fields.set("content-type", "application/json")
    return HummingbirdCore.Response(
      status: .init(code: status), headers: fields, body: .init(byteBuffer: ByteBuffer(string: document.serialized())))
  }

  private func refuse(
    _ fault: ClientFault, _ dialect: ClientDialect, _ receipt: AnswerReceipt? = nil
  ) -> HummingbirdCore.Response {
    let call = receipt?.call ?? Session.newID()
    var response = json(fault.body(in: dialect, call: call), status: fault.status(in: dialect))
    response.headers.set("x-request-id", call)
    response.headers.set("request-id", call)
    for (name, value) in fault.headers + (receipt?.headers ?? []) { response.headers.set(name, value) }
    return response
  }
}

extension HTTPFields {
  /// A header by its name in lower case; one that cannot be is left out.
  fileprivate mutating func set(_ name: String, _ value: String) {
    if let field = HTTPField.Name(name) { self[field] = value }
  }
}

extension HTTPField.Name {
  fileprivate static var anthropicVersion: Self? { HTTPField.Name("anthropic-version") }
}

extension HTTPFields {
  fileprivate subscript(name: HTTPField.Name?) -> String? { name.flatMap { self[$0] } }
}
