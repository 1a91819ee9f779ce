#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The host and port that a request or a URL names, read strictly. A name is compared whole; an address is taken only in its
/// one plain form (`127.0.0.1`, `[::1]`), since every other way to write it is read differently by somebody.
public struct Authority: Equatable, Sendable {
  public enum Host: Equatable, Sendable {
    /// In lower case, without the dot that may end it.
    case name(String)
    case version4([UInt8])
    case version6([UInt8])
  }

  public let host: Host
  public let port: Int?

  /// `host` or `host:port`, as a `Host` header has it; nil for anything else, names and passwords before an `@` included.
  public init?(_ text: String) {
    var rest = text[...]
    let host: Substring
    if rest.first == "[" {
      guard let end = rest.firstIndex(of: "]") else { return nil }
      host = rest[rest.index(after: rest.startIndex)..<end]
      rest = rest[rest.index(after: end)...]
      guard let address = Self.version6(String(host)) else { return nil }
      self.host = .version6(address)
    } else {
      host = rest.prefix { $0 != ":" }
      rest = rest[host.endIndex...]
      guard let found = Self.plain(String(host)) else { return nil }
      self.host = found
    }
    guard let colon = rest.popFirst() else {
      port = nil
      return
    }
    guard colon == ":", (1...5).contains(rest.utf8.count), rest.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let number = Int(rest), number <= 65_535
    else { return nil }
    port = number
  }

  /// A host alone, where an address of version 6 needs no brackets.
  public init?(host text: String) {
    guard let host = Self.version6(text).map(Host.version6) ?? Self.plain(text) else { return nil }
    (self.host, port) = (host, nil)
  }

  /// The authority of an `http` or `https` URL, without the name and password that may stand before it; nil when it has none.
  public init?(ofURL url: String) {
    guard let scheme = url.firstRange(of: "://") else { return nil }
    let whole = url[scheme.upperBound...].prefix { !"/?#\\".contains($0) }
    self.init(String(whole.split(separator: "@", omittingEmptySubsequences: false).last ?? ""))
  }

  /// Whether this can be nothing but this machine itself.
  public var isLoopback: Bool {
    switch host {
    case .name(let name): name == "localhost"
    case .version4(let bytes): bytes[0] == 127
    case .version6(let bytes):
      bytes == Self.loopback6 || Array(bytes.prefix(12)) == Self.mapped && bytes[12] == 127
    }
  }

  /// Whether it stands for every address of this machine, as in `0.0.0.0`.
  public var isUnspecified: Bool {
    switch host {
    case .name: false
    case .version4(let bytes), .version6(let bytes): bytes.allSatisfy { $0 == 0 }
    }
  }

  private static let loopback6: [UInt8] = Array(repeating: 0, count: 15) + [1]
  /// What an address of version 4 has before it within version 6.
  private static let mapped: [UInt8] = Array(repeating: 0, count: 10) + [0xFF, 0xFF]

  private static func plain(_ text: String) -> Host? {
    let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    if let bytes = version4(labels) { return .version4(bytes) }
    let names = labels.last?.isEmpty == true ? labels.dropLast() : labels[...]
    guard text.utf8.count <= 253, !names.isEmpty, names.allSatisfy(isLabel), let last = names.last,
      // What ends in a number is an address to every resolver, in decimal, octal or hexadecimal.
      !(0x30...0x39).contains(last.first ?? 0x30)
    else { return nil }
    return .name(names.map { String(decoding: $0, as: UTF8.self).lowercased() }.joined(separator: "."))
  }

  private static func isLabel(_ label: Substring.UTF8View) -> Bool {
    (1...63).contains(label.count)
      && label.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x30...0x39,
          UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }

  /// Four numbers from 0 to 255, none with a zero before it.
  private static func version4(_ parts: [Substring.UTF8View]) -> [UInt8]? {
    guard parts.count == 4 else { return nil }
    var bytes: [UInt8] = []
    for part in parts {
      guard (1...3).contains(part.count), part.allSatisfy({ (0x30...0x39).contains($0) }),
        part.count == 1 || part.first != 0x30, let byte = UInt8(String(decoding: part, as: UTF8.self))
      else { return nil }
      bytes.append(byte)
    }
    return bytes
  }

  /// Nil for one with a zone, too: it names a network card of whoever wrote it.
  private static func version6(_ text: String) -> [UInt8]? {
    guard text.contains(":"), !text.utf8.contains(0) else { return nil }
    var address = in6_addr()
    guard inet_pton(AF_INET6, text, &address) == 1 else { return nil }
    return withUnsafeBytes(of: &address) { Array($0) }
  }
}
