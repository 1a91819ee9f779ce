import Core

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Standard output and error of the headless commands. No escape sequences ever; what others wrote is made visible first.
enum Console {
  static let outputIsTerminal = isatty(1) == 1
  static let inputIsTerminal = isatty(0) == 1

  /// A line of result.
  static func output(_ text: String) { write(text + "\n", to: 1) }

  /// A line of chatter or an error. What is in it may come from anywhere, so it is made safe here.
  static func error(_ text: String) { write(VisibleText.of(text) + "\n", to: 2) }

  /// Columns of the terminal; 100 when there is none.
  static var width: Int {
    var size = winsize()
    return ioctl(1, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 100
  }

  private static func write(_ text: String, to file: Int32) {
    var text = text
    text.withUTF8 { bytes in
      var start = 0
      while start < bytes.count {
        let count = systemWrite(file, UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[start...]))
        if count < 0 {
          // The reader has gone (`| head`): end quietly, as every tool in a pipe does.
          if errno == EPIPE { exit(1) }
          if errno != EINTR { return }
        }
        start += max(0, count)
      }
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
    let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
    return ([header] + rows).map { row in
      var line = ""
      for (column, text) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - text.count)
        line += (column == 0 ? "" : "  ") + (numeric.contains(column) ? padding + text : text + padding)
      }
      while line.hasSuffix(" ") { line.removeLast() }
      return line
    }
  }
}
