import CCurl
import Core

/// Why a transfer did not end well. Made where libcurl says so; `message` is the sentence for a person.
public enum TransferError: Error, Equatable, Sendable {
  case invalidURL(String)
  case unresolved(String)
  case unreachable(String)
  case certificate(String)
  case tls(String)
  case proxy(String)
  case connectTimeout(seconds: Int)
  case silence(seconds: Int)
  /// Something came all the time, and was nothing.
  case noProgress(seconds: Int)
  /// This process has as many files and connections open as it may have.
  case noDescriptors
  /// The connection broke while the answer was on its way or awaited.
  case broken(String)
  case other(String)

  public var message: String {
    switch self {
    case .invalidURL(let url): "‘\(url)’ is no http or https address: correct base_url in the config"
    case .unresolved(let host): "no address found for \(host): check the network and base_url"
    case .unreachable(let host): "nothing answers at \(host): is the server running and base_url right?"
    case .certificate(let detail):
      "the server's certificate was not accepted (\(detail)): if it is your own CA, set SSL_CERT_FILE"
    case .tls(let detail): "no secure connection (\(detail)): is this an https server?"
    case .proxy(let detail): "the proxy could not be used (\(detail)): check https_proxy and no_proxy"
    case .connectTimeout(let seconds): "no connection within \(seconds) s: check the network, or raise timeouts.connect"
    case .silence(let seconds):
      "nothing came for \(seconds) s: the model may be stuck; retry, or raise the limit under timeouts"
    case .noProgress(let seconds):
      "only signs of life came for \(seconds) s: the model may be stuck; retry, or raise the limit under timeouts"
    case .noDescriptors:
      "this process has as many files and connections open as it may have: raise the limit (ulimit -n), or ask less at once"
    case .broken(let detail): "the connection broke (\(detail))"
    case .other(let detail): "the request failed (\(detail))"
    }
  }

  /// Whether sending the same again may help.
  public var isTransient: Bool {
    switch self {
    case .unresolved, .unreachable, .connectTimeout, .broken, .noDescriptors: true
    case .invalidURL, .certificate, .tls, .proxy, .silence, .noProgress, .other: false
    }
  }

  public var isTimeout: Bool {
    switch self {
    case .connectTimeout, .silence, .noProgress: true
    default: false
    }
  }

  /// - Parameters:
  ///   - detail: libcurl's own words.
  ///   - address: host and port of the request.
  init(code: CURLcode, detail: String, address: String, url: String, connectSeconds: Int) {
    switch code {
    // Said of an answer that is none, too.
    case CURLE_UNSUPPORTED_PROTOCOL where ["http:", "https:"].contains { url.lowercased().hasPrefix($0) }:
      self = .broken("\(address) does not answer as an HTTP server does")
    case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: self = .invalidURL(withoutUserInfo(url))
    case CURLE_COULDNT_RESOLVE_HOST: self = .unresolved(address)
    case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY: self = .proxy(detail)
    case CURLE_COULDNT_CONNECT: self = .unreachable(address)
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR: self = .certificate(detail)
    case CURLE_SSL_CONNECT_ERROR: self = .tls(detail)
    case CURLE_OPERATION_TIMEDOUT: self = .connectTimeout(seconds: connectSeconds)
    case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_PARTIAL_FILE, CURLE_HTTP2, CURLE_HTTP2_STREAM:
      self = .broken(detail)
    default: self = .other(detail)
    }
  }
}
