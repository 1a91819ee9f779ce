import Core
import HTTPTypes
import NIOCore
import NIOHTTPTypes
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

/// Stands before the requests of one connection: notices its end, and closes one whose request does not arrive. On the
/// connection's event loop.
final class DoorHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundOut = HTTPResponsePart

  private let departures: Departures
  private let patience: TimeAmount
  private var deadline: Scheduled<Void>?

  init(_ departures: Departures, patience: Int64) {
    self.departures = departures
    self.patience = .nanoseconds(patience)
  }

  func channelActive(context: ChannelHandlerContext) {
    expect(context)
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      expect(context)
      // Some clients do not send a body before they are told to.
      if head.headerFields[.expect]?.lowercased() == "100-continue" {
        context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
      }
    case .body: break
    case .end:
      deadline?.cancel()
      deadline = nil
    }
    context.fireChannelRead(data)
  }

  /// The rest of a request must be here in time, however slowly it comes.
  private func expect(_ context: ChannelHandlerContext) {
    deadline?.cancel()
    let channel = context.channel
    deadline = context.eventLoop.scheduleTask(in: patience) { channel.close(promise: nil) }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    // A client that will send no more has gone, as far as servers of this protocol can tell.
    if case .inputClosed? = event as? ChannelEvent { return context.close(promise: nil) }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) {
    deadline?.cancel()
    departures.left(context.channel)
    context.fireChannelInactive()
  }
}
