import Core
import Foundation

/// A file of results: written whole or not at all, for its owner alone, and never over another one unasked.
enum OutputFile {
  /// - Throws: `CommandError` when it is there already and may not be replaced, or cannot be written.
  static func write(_ text: String, to path: String, force: Bool) throws(CommandError) {
    try checkPlace(path, force: force)
    // Through a link to the file itself.
    let target = realPath(path) ?? path
    let folder = (target as NSString).deletingLastPathComponent
    let name = (target as NSString).lastPathComponent
    let part = (folder.isEmpty ? "" : folder + "/") + ".\(name).\(Session.newID())"
    let file = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw fault(path) }
    defer { unlink(part) }
    var isWritten = fchmod(file, 0o600) == 0 && writeAll(text, to: file) && fsync(file) == 0
    let reason = errno
    isWritten = close(file) == 0 && isWritten
    guard isWritten else {
      errno = reason
      throw fault(path)
    }
    // A link fails where a file has come meanwhile; not every file system has links.
    if !force, link(part, target) == 0 { return }
    if !force, errno == EEXIST { throw isThere(path) }
    guard rename(part, target) == 0 else { throw fault(path) }
  }

  /// Before the work that a refusal would waste.
  static func checkPlace(_ path: String, force: Bool) throws(CommandError) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard force else { throw isThere(path) }
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw CommandError("\(path) is not a file: name another")
    }
  }

  private static func isThere(_ path: String) -> CommandError {
    CommandError("\(path) is there already: --force replaces it")
  }

  private static func fault(_ path: String) -> CommandError {
    CommandError("\(path) cannot be written: \(String(cString: strerror(errno)))")
  }

  private static func realPath(_ path: String) -> String? {
    guard let found = realpath(path, nil) else { return nil }
    defer { free(found) }
    return String(cString: found)
  }

  private static func writeAll(_ text: String, to file: Int32) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      var start = 0
      while start < bytes.count {
        let count = Foundation.write(file, bytes.baseAddress.map { $0 + start }, bytes.count - start)
        if count < 0, errno != EINTR { return false }
        start += max(0, count)
      }
      return true
    }
  }
}
