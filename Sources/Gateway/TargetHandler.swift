import NIOCore
import NIOHTTP1

/// Reads the host out of a target that has one (`GET http://host/path`, RFC 9112, section 3.2.2), which would be lost behind
/// it: the request is then for that host. Where its `Host` names another, both stay, and the request is refused. On the
/// connection's event loop.
final class TargetHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .head(var head) = unwrapInboundIn(data), let target = TargetHandler.split(head.uri) else {
      return context.fireChannelRead(data)
    }
    head.uri = target.path
    if head.headers["host"].map({ $0.lowercased() }) != [target.host.lowercased()] {
      head.headers.add(name: "Host", value: target.host)
    }
    context.fireChannelRead(wrapInboundOut(.head(head)))
  }

  static func split(_ target: String) -> (host: String, path: String)? {
    guard target.first != "/", let scheme = target.firstRange(of: "://") else { return nil }
    let rest = target[scheme.upperBound...]
    let host = rest.prefix { !"/?#\\".contains($0) }
    let path = rest[host.endIndex...]
    return (String(host), path.first == "/" ? String(path) : "/\(path)")
  }
}
