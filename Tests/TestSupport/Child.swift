import CPseudoTerminal
import Foundation
import Synchronization

/// A program run by a test. What it says is read as it comes, by threads of its own, and can be waited for; killed with this
/// value. It gets no descriptor but its own three.
public final class Child: Sendable {
  public enum Ending: Equatable, Sendable {
    case exited(Int32)
    case killed(signal: Int32)
  }

  public struct Failure: Error, CustomStringConvertible {
    public var description: String
  }

  public let pid: pid_t
  public let output = Transcript()
  public let errors = Transcript()
  private let ending = Journal<Ending>()
  private let readers = Journal<Void>()

  /// - Parameters:
  ///   - input: what stands on its standard input; empty by default.
  /// - Throws: `Failure` when it cannot be started.
  public init(_ path: String, _ arguments: [String], environment: [String: String], input: String = "") throws {
    guard let file = tmpfile() else { throw Failure(description: "no temporary file: \(errno)") }
    defer { fclose(file) }
    fputs(input, file)
    rewind(file)
    var (out, err): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
    guard cpty_pipe(&out) == 0, cpty_pipe(&err) == 0 else {
      throw Failure(description: "no pipe: \(errno)")
    }
    let words = ([path] + arguments).map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for text in words + variables { free(text) } }
    let pid = cpty_spawn(words, variables, fileno(file), out[1], err[1])
    close(out[1])
    close(err[1])
    self.pid = pid
    guard pid > 0 else {
      close(out[0])
      close(err[0])
      throw Failure(description: "\(path) could not be started: \(errno)")
    }
    for (end, transcript) in [(out[0], output), (err[0], errors)] {
      Thread.detachNewThread { [readers] in
        transcript.read(end)
        readers.append(())
      }
    }
    Thread.detachNewThread { [ending] in
      var status: Int32 = 0
      while waitpid(pid, &status, 0) < 0, errno == EINTR {}
      ending.append(status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal: status & 0x7F))
    }
  }

  deinit { kill(SIGKILL) }

  /// Nothing once it has ended: its number may be another's.
  public func kill(_ signal: Int32) {
    if ending.entries.isEmpty { Foundation.kill(pid, signal) }
  }

  /// Its end, once all that it said has been read; nil when it goes on for longer.
  public func wait(seconds: Double = patience) -> Ending? {
    guard let end = ending.first(seconds: seconds, where: { _ in true }) else { return nil }
    _ = readers.wait(seconds: seconds) { $0.count == 2 }
    return end
  }
}

/// What a program has written so far, decoded leniently.
public final class Transcript: Sendable {
  private let pieces = Journal<[UInt8]>()

  public var text: String { Self.text(pieces.entries) }

  private static func text(_ pieces: [[UInt8]]) -> String { String(decoding: pieces.joined(), as: UTF8.self) }

  /// Waits until the text so far satisfies `isEnough`. False when it did not in time.
  public func wait(seconds: Double = patience, until isEnough: (String) -> Bool) -> Bool {
    pieces.wait(seconds: seconds) { isEnough(Self.text($0)) }
  }

  /// Everything up to the end, which closes `end`.
  fileprivate func read(_ end: Int32) {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Foundation.read(end, &buffer, buffer.count)
      if count > 0 { pieces.append(Array(buffer[..<count])) } else if count == 0 || errno != EINTR { break }
    }
    close(end)
  }
}
