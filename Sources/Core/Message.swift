/// One message of a lane's thread, oldest first in `Ask.messages`.
public struct Message: Equatable, Sendable {
  /// `system` only in the middle of a thread, where a dialect allows it; the prompt of the whole thread is `Ask.system`.
  public enum Role: String, Sendable { case user, assistant, system }

  public var role: Role
  public var text: String
  public var attachments: [Attachment]
  /// Everything that was said in its order, where text and attachments do not tell it all; empty otherwise.
  public var content: [Part] = []

  public init(_ role: Role, _ text: String, attachments: [Attachment] = []) {
    self.role = role
    self.text = text
    self.attachments = attachments
  }

  /// A message with tools, links or an order of its own.
  public init(_ role: Role, content: [Part]) {
    self.init(role, content.text)
    self.content = content
  }

  /// The pieces in order; a plain message has its images before or after its text, as the dialect is used to.
  public func parts(imagesFirst: Bool) -> [Part] {
    if !content.isEmpty { return content }
    let images = images.map(Part.image)
    let text = [Part.text(textWithFiles)]
    return imagesFirst ? images + text : text + images
  }

  /// Whether it is text, in however many pieces.
  public var isText: Bool { content.isEmpty ? images.isEmpty : content.isText }

  /// Plain text in one piece and nothing else; nil for anything more.
  public var plainText: String? { content.isEmpty && images.isEmpty ? textWithFiles : nil }

  /// The text with text attachments written below it, each under its name; images stay apart.
  public var textWithFiles: String {
    attachments.filter { !$0.isImage }.reduce(text) { text, file in
      text + "\n\nFile \(file.name):\n\n" + String(decoding: file.data, as: UTF8.self)
    }
  }

  public var images: [Attachment] { attachments.filter(\.isImage) }
}

/// A file sent with a prompt: an image (PNG, JPEG, GIF, WebP) or UTF-8 text.
public struct Attachment: Equatable, Sendable {
  public var name: String
  public var mediaType: String
  public var data: [UInt8]

  public init(name: String, mediaType: String, data: [UInt8]) {
    self.name = name
    self.mediaType = mediaType
    self.data = data
  }

  public var isImage: Bool { mediaType.hasPrefix("image/") }

  /// Tells the kind by the file's first bytes, never by its name. Nil for what is neither an image nor UTF-8 text.
  public init?(name: String, sniffing data: [UInt8]) {
    let signatures: [(type: String, bytes: [UInt8])] = [
      ("image/png", [0x89, 0x50, 0x4E, 0x47]), ("image/jpeg", [0xFF, 0xD8, 0xFF]),
      ("image/gif", Array("GIF8".utf8)),
    ]
    if let image = signatures.first(where: { data.starts(with: $0.bytes) }) {
      self.init(name: name, mediaType: image.type, data: data)
    } else if data.starts(with: Array("RIFF".utf8)), data.dropFirst(8).starts(with: Array("WEBP".utf8)) {
      self.init(name: name, mediaType: "image/webp", data: data)
    } else if String(validating: data, as: UTF8.self) != nil, !data.contains(0) {
      self.init(name: name, mediaType: "text/plain", data: data)
    } else {
      return nil
    }
  }

  public var base64: String { base64Text(data) }
  public var dataURL: String { "data:\(mediaType);base64,\(base64)" }
}

/// Base64 with padding (RFC 4648, section 4).
public func base64Text(_ bytes: [UInt8]) -> String {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  var out: [UInt8] = []
  out.reserveCapacity((bytes.count + 2) / 3 * 4)
  for start in stride(from: 0, to: bytes.count, by: 3) {
    let count = min(3, bytes.count - start)
    var group = 0
    for offset in 0..<3 { group = group << 8 | (offset < count ? Int(bytes[start + offset]) : 0) }
    for digit in 0..<4 {
      out.append(digit <= count ? alphabet[group >> (18 - 6 * digit) & 63] : UInt8(ascii: "="))
    }
  }
  return String(decoding: out, as: UTF8.self)
}

/// What `base64Text` wrote, and nothing else: nil for other letters, a missing or wrong padding, or bits left over.
public func base64Bytes(_ text: String) -> [UInt8]? {
  let digits = Array(text.utf8)
  guard digits.count % 4 == 0 else { return nil }
  let padding = digits.reversed().prefix { $0 == UInt8(ascii: "=") }.count
  guard padding <= 2 else { return nil }
  var out: [UInt8] = []
  out.reserveCapacity(digits.count / 4 * 3)
  var group: UInt32 = 0
  for (place, digit) in digits.dropLast(padding).enumerated() {
    let value: UInt8
    switch digit {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = digit - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): value = digit - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): value = 62
    case UInt8(ascii: "/"): value = 63
    default: return nil
    }
    group = group << 6 | UInt32(value)
    guard place % 4 == 3 else { continue }
    out += [
      UInt8(truncatingIfNeeded: group >> 16), UInt8(truncatingIfNeeded: group >> 8), UInt8(truncatingIfNeeded: group),
    ]
    group = 0
  }
  switch padding {
  case 1:
    guard group & 3 == 0 else { return nil }
    out += [UInt8(truncatingIfNeeded: group >> 10), UInt8(truncatingIfNeeded: group >> 2)]
  case 2:
    guard group & 15 == 0 else { return nil }
    out.append(UInt8(truncatingIfNeeded: group >> 4))
  default: break
  }
  return out
}

/// What is asked of one model: the whole thread, ending with the person's prompt.
public struct Ask: Equatable, Sendable {
  public var model: String
  public var system: String?
  public var messages: [Message]
  public var parameters: Parameters
  /// What the answer is held to; nil for free text.
  public var schema: OutputSchema?
  /// JSON of whatever shape, where no schema says more.
  public var wantsJSON = false
  public var toolUse = ToolUse()

  public init(
    model: String, system: String? = nil, messages: [Message], parameters: Parameters = Parameters(),
    schema: OutputSchema? = nil
  ) {
    self.model = model
    self.system = system
    self.messages = messages
    self.parameters = parameters
    self.schema = schema
  }
}

/// A JSON Schema by name, put into whatever field a provider has for it.
public struct OutputSchema: Equatable, Sendable {
  public var name: String
  public var schema: JSON
  /// The same with lengths and counts bounded, for servers that turn a schema into a grammar: a small model would not find the
  /// end of a text by itself, and strict modes elsewhere refuse these keywords.
  public var bounded: JSON?
  /// Every answer must keep to it, where the provider knows the difference.
  public var isStrict = true

  public init(name: String, schema: JSON, bounded: JSON? = nil) {
    self.name = name
    self.schema = schema
    self.bounded = bounded
  }
}
