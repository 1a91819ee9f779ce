import Core

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The person's own editor, run on the terminal that the workbench has left. Main thread: the workbench waits for it.
enum Editor {
  struct Fault: Error { let message: String }

  /// - Returns: the text as it was saved.
  static func edit(_ text: String, _ environment: [String: String]) throws(Fault) -> String {
    let command = [environment["VISUAL"], environment["EDITOR"]].compactMap { $0 }.first { !$0.isEmpty } ?? "vi"
    let folder = environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    var template = Array("\(folder)/furlong-XXXXXX.md".utf8CString)
    // Only the owner may read it: a prompt is nobody else's business.
    let file = mkstemps(&template, 3)
    guard file >= 0 else { throw Fault(message: "no temporary file can be made in \(folder): set TMPDIR") }
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { unlink(path) }
    fill(file, with: text)
    close(file)
    let status = run(command, path, environment)
    guard status == 0 else { throw Fault(message: "‘\(command)’ ended with status \(status): nothing was taken over") }
    guard let edited = contents(path) else { throw Fault(message: "the edited text cannot be read as UTF-8") }
    return plain(edited, of: text)
  }

  /// Editors end a file with a line break that nobody typed, and some end lines as Windows does or begin with a byte order mark.
  static func plain(_ edited: String, of text: String) -> String {
    var scalars = edited.unicodeScalars[...]
    if scalars.first == "\u{FEFF}", text.unicodeScalars.first != "\u{FEFF}" { scalars = scalars.dropFirst() }
    let plain = String(String.UnicodeScalarView(scalars)).withLineFeeds
    return plain.hasSuffix("\n") && !text.hasSuffix("\n") ? String(plain.dropLast()) : plain
  }

  private static func fill(_ file: Int32, with text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  private static func contents(_ path: String) -> String? {
    let file = open(path, O_RDONLY)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while case let count = read(file, &buffer, buffer.count), count > 0 { bytes += buffer[..<count] }
    return String(validating: bytes, as: UTF8.self)
  }

  /// The command may hold arguments of its own (`code --wait`), so a shell takes it apart; the path is an argument, not text.
  private static func run(_ command: String, _ path: String, _ environment: [String: String]) -> Int32 {
    let arguments = ["/bin/sh", "-c", "\(command) \"$1\"", "sh", path]
    var argv = arguments.map { strdup($0) } + [nil]
    var envp = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    var child = pid_t()
    guard posix_spawn(&child, "/bin/sh", nil, nil, &argv, &envp) == 0 else { return 127 }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 && errno == EINTR {}
    return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
  }
}
