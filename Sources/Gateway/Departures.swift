import Core
import HTTPTypes
import NIOCore
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import Synchronization

/// Who must be told when a client hangs up: a request that only writes would not notice while its model is silent.
final class Departures: Sendable {
  private let watchers = Mutex<[ObjectIdentifier: @Sendable () -> Void]>([:])

  /// One watcher for a connection: requests on it come one after the other.
  func watch(_ channel: any NIOCore.Channel, _ left: @escaping @Sendable () -> Void) {
    watchers.withLock { $0[ObjectIdentifier(channel)] = left }
    // It may have gone before anybody watched.
    if !channel.isActive { self.left(channel) }
  }

  func forget(_ channel: any NIOCore.Channel) {
    watchers.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(channel)) }
  }

  func left(_ channel: any NIOCore.Channel) {
    let watcher = watchers.withLock { $0.removeValue(forKey: ObjectIdentifier(channel)) }
    watcher?()
  }
}

/// Stands before the requests of one connection: notices its end, and closes one whose request does not arrive or whose client
/// takes nothing. On the connection's event loop.
final class DoorHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let departures: Departures
  private let visitors: Visitors
  private let patience: TimeAmount
  private var arrival: Scheduled<Void>?
  private var taking: Scheduled<Void>?
  private var openRequests = 0

  init(_ departures: Departures, _ visitors: Visitors, patience: Int64) {
    (self.departures, self.visitors) = (departures, visitors)
    self.patience = .nanoseconds(patience)
  }

  func handlerAdded(context: ChannelHandlerContext) {
    // Before the parts of a request lose what its target says.
    let pipeline = context.pipeline.syncOperations
    guard let codec = try? pipeline.handler(type: HTTP1ToHTTPServerCodec.self) else { return }
    // It cannot fail where the other has just been found; without it the `Host` alone decides.
    try? pipeline.addHandler(TargetHandler(), position: .before(codec))
  }

  func channelActive(context: ChannelHandlerContext) {
    visitors.waits(context.channel)
    expect(context)
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      openRequests += 1
      visitors.isBusy(context.channel)
      expect(context)
      // Some clients do not send a body before they are told to.
      if head.headerFields[.expect]?.lowercased() == "100-continue" {
        context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
      }
    case .body: break
    case .end:
      arrival?.cancel()
      arrival = nil
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .end = unwrapOutboundIn(data) {
      openRequests -= 1
      if openRequests <= 0 { visitors.waits(context.channel) }
    }
    context.write(data, promise: promise)
  }

  /// The rest of a request must be here in time, however slowly it comes.
  private func expect(_ context: ChannelHandlerContext) {
    arrival?.cancel()
    let channel = context.channel
    arrival = context.eventLoop.scheduleTask(in: patience) { channel.close(promise: nil) }
  }

  /// What is there for the client must be taken in time, whatever it is.
  func channelWritabilityChanged(context: ChannelHandlerContext) {
    taking?.cancel()
    taking = nil
    let channel = context.channel
    if !channel.isWritable { taking = context.eventLoop.scheduleTask(in: patience) { channel.close(promise: nil) } }
    context.fireChannelWritabilityChanged()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    // A client that will send no more has gone, as far as servers of this protocol can tell.
    if case .inputClosed? = event as? ChannelEvent { return context.close(promise: nil) }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) {
    arrival?.cancel()
    taking?.cancel()
    visitors.isBusy(context.channel)
    departures.left(context.channel)
    context.fireChannelInactive()
  }
}
