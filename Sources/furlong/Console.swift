import Core
import Foundation
import Synchronization
import Terminal

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Standard output and error of the headless commands. No escape sequences but the colours of a
/// theme on a terminal; what others wrote is made visible first.
enum Console {
  static let outputIsTerminal = isatty(1) == 1
  static let inputIsTerminal = isatty(0) == 1
  static let errorIsTerminal = isatty(2) == 1

  /// Whether words may stand out.
  static let outputIsStyled =
    outputIsTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
  private static let environment = ProcessInfo.processInfo.environment

  /// Why standard output takes nothing any more: its reader has gone (`| head`), or its disk is full.
  static var outputFault: Int32? { fault.withLock { $0 } }
  private static let fault = Mutex<Int32?>(nil)

  /// A line of result. What comes after a fault is passed over: the caller ends in order, and the exit status tells.
  static func output(_ text: String) { outputWhole(text + "\n") }

  /// A document, with its own end of line or without.
  static func outputWhole(_ text: String) {
    guard outputFault == nil, let error = write(text, to: 1) else { return }
    fault.withLock { $0 = error }
    if error != EPIPE {
      self.error("furlong: standard output could not be written: \(String(cString: strerror(error)))")
    }
  }

  /// A line of chatter or an error. What is in it may come from anywhere, so it is made safe here. On a pipe that nobody reads
  /// it is dropped: the result does not wait for the chatter.
  static func error(_ text: String) {
    let line = VisibleText.of(text) + "\n"
    if errorIsTerminal { _ = write(line, to: 2) } else { chatter.write(line) }
  }

  private static let chatter = Chatter(descriptor: 2)

  /// A piece of a line of our own, which may go back to its beginning; for a terminal only.
  static func errorLine(_ text: String) { _ = write(text, to: 2) }

  /// - Returns: the error number when not all could be written.
  private static func write(_ text: String, to file: Int32) -> Int32? {
    var text = text
    return text.withUTF8 { bytes in
      var start = 0
      while start < bytes.count {
        let count = systemWrite(file, UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[start...]))
        if count < 0, errno != EINTR { return errno }
        start += max(0, count)
      }
      return nil
    }
  }
}

/// The C function, whose name `Console.write` hides.
private func systemWrite(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(file, bytes.baseAddress, bytes.count)
}

/// Columns padded to their widest text.
enum TextTable {
  static func lines(header: [String], rows: [[String]], numeric: Set<Int> = []) -> [String] {
    let widths = header.indices.map { column in ([header] + rows).map { TextWidth.of($0[column]) }.max() ?? 0 }
    return ([header] + rows).map { row in
      var line = ""
      for (column, text) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - TextWidth.of(text))
        line += (column == 0 ? "" : "  ") + (numeric.contains(column) ? padding + text : text + padding)
      }
      while line.hasSuffix(" ") { line.removeLast() }
      return line
    }
  }
}
