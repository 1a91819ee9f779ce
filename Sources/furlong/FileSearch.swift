import Foundation

/// Files by the names that people and terminals give them.
enum FileSearch {
  /// The file that a path means; nil when there is none, or it is a folder. Blanks of another kind (macOS puts U+202F into the
  /// names of its pictures of the screen) and letters put together otherwise (NFC, NFD) are the same name.
  static func find(_ path: String) -> String? {
    let path = (path as NSString).expandingTildeInPath
    if isFile(path) { return path }
    let folder = (path as NSString).deletingLastPathComponent
    let name = plain((path as NSString).lastPathComponent)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
    let alike = names.filter { plain($0) == name }
    guard alike.count == 1 else { return nil }
    let found = (folder as NSString).appendingPathComponent(alike[0])
    return isFile(found) ? found : nil
  }

  private static func isFile(_ path: String) -> Bool {
    var isFolder = ObjCBool(false)
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
  }

  private static func plain(_ name: String) -> String {
    String(name.precomposedStringWithCanonicalMapping.map { $0.isWhitespace ? " " : $0 })
  }
}
