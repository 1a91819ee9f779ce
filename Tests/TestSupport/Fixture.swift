import Foundation

/// Files of `Tests/Fixtures`, found from where this source lies: no bundle, no working directory.
public enum Fixture {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/Streams")

  /// The bytes of a file in `Fixtures/Streams`; stops the test run, naming the file, when it is not there.
  public static func bytes(_ name: String) -> [UInt8] {
    guard let data = try? Data(contentsOf: folder.appending(path: name)) else {
      fatalError("there is no fixture \(name) in \(folder.path)")
    }
    return Array(data)
  }

  public static func text(_ name: String) -> String { String(decoding: bytes(name), as: UTF8.self) }

  /// The records of a file in `Fixtures/Ranking`, by column; its fields have no quotes.
  public static func ranking(_ name: String) -> [[String: String]] {
    let file = folder.deletingLastPathComponent().appending(path: "Ranking/\(name)")
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { fatalError("there is no \(file.path)") }
    let rows = text.split(whereSeparator: \.isNewline).map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    return rows.dropFirst().map { row in
      Dictionary(uniqueKeysWithValues: zip(rows[0].map(String.init), row.map(String.init)))
    }
  }

  /// Every emoji sequence that people can type: the fully-qualified ones of Unicode 15's emoji-test.txt.
  public static let emoji: [String] = {
    let file = folder.deletingLastPathComponent().appending(path: "emoji-sequences.txt")
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { fatalError("there is no \(file.path)") }
    return text.split(separator: "\n").map(String.init)
  }()

  /// Names of the streams: recorded from a server, or composed from a provider's documentation.
  public static let streams = files.filter { $0.hasSuffix(".sse") }
  public static let recorded = streams.filter { $0.hasPrefix("llama-server.") }
  public static let composed = streams.filter { !$0.hasPrefix("llama-server.") }

  private static let files = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()

  /// Body of a recorded answer with its status.
  public static func answer(_ name: String) -> (status: Int, body: [UInt8]) {
    let text = text(name)
    let parts = text.components(separatedBy: "\r\n\r\n")
    guard parts.count >= 2, let status = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
      fatalError("\(name) is no recorded HTTP answer")
    }
    return (status, Array(parts.dropFirst().joined(separator: "\r\n\r\n").utf8))
  }
}

/// A folder of its own for one test, gone with this value.
public final class TemporaryFolder {
  public let path: String

  public init() {
    path = NSTemporaryDirectory() + "furlong-test-" + UUID().uuidString
    try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  public func file(_ name: String) -> String { "\(path)/\(name)" }
}

extension Fixture {
  /// The whole text of a file in `Fixtures/Imports`, and where it lies.
  public static func imported(_ name: String) -> (text: String, path: String) {
    let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/Imports/\(name)").path
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { fatalError("there is no \(path)") }
    return (text, path)
  }
}
