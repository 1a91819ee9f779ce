import Core
import Foundation

/// Writes a small file as a whole: whoever reads it meanwhile, or after a crash, finds the old text or the new one. A file that
/// is to be private is so from its first byte.
enum WholeFile {
  /// - Parameters:
  ///   - mode: its permissions; nil: those of the file that is there, or what the process gives new ones.
  /// - Throws: a sentence without its full stop.
  static func write(_ text: String, to path: String, mode: mode_t? = nil) throws(CommandError) {
    // A config is often a link into somebody's dotfiles, which is to stay one.
    let path = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    let folder = (path as NSString).deletingLastPathComponent
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: mode == nil ? nil : [.posixPermissions: 0o700])
    } catch {
      throw CommandError("the folder \(folder) cannot be made: check its permissions")
    }
    var there = stat()
    let kept = stat(path, &there) == 0 ? there.st_mode & 0o7777 : nil
    var random = SystemRandomNumberGenerator()
    let draft = "\(path).\(random.hexadecimalDigits(16))"
    let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode ?? kept ?? 0o666)
    guard file >= 0 else { throw CommandError("\(path) cannot be written: \(String(cString: strerror(errno)))") }
    var isWritten = true
    // The process's mask may have taken away what the person had given.
    if let wanted = mode ?? kept { isWritten = fchmod(file, wanted) == 0 }
    var rest = Array(text.utf8)[...]
    while isWritten, !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
      if count > 0 { rest = rest.dropFirst(count) } else { isWritten = false }
    }
    isWritten = fsync(file) == 0 && isWritten
    isWritten = close(file) == 0 && isWritten
    if isWritten, rename(draft, path) == 0 { return }
    let reason = String(cString: strerror(errno))
    unlink(draft)
    throw CommandError("\(path) cannot be written: \(reason)")
  }
}
