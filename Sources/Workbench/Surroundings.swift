import Core
import Terminal

/// What the workbench is handed by the executable, which alone reads files, the environment and the config.
public struct Surroundings: Sendable {
  public var environment: [String: String] = [:]
  /// Reads the theme files: asked for when one is to be chosen, not at the start.
  public var themes: @Sendable () -> [Theme] = { [] }
  /// Writes the theme's name into the config; throws a sentence.
  public var keepTheme: @Sendable (String) throws -> Void = { _ in }
  /// Lineups of the config.
  public var lineups: [String: [Lane]] = [:]
  /// Reads a file to be sent along; throws a sentence.
  public var readFile: @Sendable (String) throws -> Attachment
  /// Names within a folder, folders with a slash at the end.
  public var listFolder: @Sendable (String) -> [String]

  public init(
    readFile: @escaping @Sendable (String) throws -> Attachment, listFolder: @escaping @Sendable (String) -> [String]
  ) {
    self.readFile = readFile
    self.listFolder = listFolder
  }
}
