import Core
import Engine
import Terminal

/// What the workbench hears of the gateway that runs beside it.
public enum GatewayNews: Equatable, Sendable {
  case listening(port: Int)
  /// A sentence: it could not begin, or has ended by itself.
  case failed(String)
}

/// The gateway beside the workbench, in the same process. Both are called on the main thread.
public struct GatewayBeside: Sendable {
  /// Returns at once; what becomes of it is told from any thread.
  public var start: @Sendable (_ tell: @escaping @Sendable (GatewayNews) -> Void) -> Void
  /// Waits until it has ended in order.
  public var stop: @Sendable () -> Void

  public init(
    start: @escaping @Sendable (_ tell: @escaping @Sendable (GatewayNews) -> Void) -> Void,
    stop: @escaping @Sendable () -> Void
  ) {
    (self.start, self.stop) = (start, stop)
  }
}

/// What the workbench is handed by the executable, which alone reads files, the environment and the config.
public struct Surroundings: Sendable {
  public var environment: [String: String] = [:]
  /// Reads the theme files: asked for when one is to be chosen, not at the start.
  public var themes: @Sendable () -> [Theme] = { [] }
  /// Writes the theme's name into the config; throws a sentence.
  public var keepTheme: @Sendable (String) throws -> Void = { _ in }
  /// Keeps a key for these providers, which are one place; throws a sentence. Not called on the main thread.
  public var keepKey: @Sendable ([String], Secret) throws -> KeptKey = { services, _ in
    KeptKey(services: services, outcome: .failed("nothing is kept here"))
  }
  /// Formats in which a session can be written to a file, each with what it is.
  public var exportFormats: [(name: String, meaning: String)] = []
  /// Writes a session in one of them; gives a sentence, throws one. Not called on the main thread.
  public var export: @Sendable (_ session: String, _ format: String) throws -> String = { _, _ in "" }
  /// Reads the data set of an experiment that is set up; throws a sentence. Not called on the main thread.
  public var experiment: @Sendable (ExperimentDraft) throws -> BatchRequest = { _ in
    throw ExperimentFault("no files are read here")
  }
  /// Lineups of the config.
  public var lineups: [String: [Lane]] = [:]
  /// Nil when none was asked for.
  public var gateway: GatewayBeside?
  /// Reads a file to be sent along; throws a sentence.
  public var readFile: @Sendable (String) throws -> Attachment
  /// The file that a path means, as it is on the disk; nil when there is none. Asked for on the main thread.
  public var findFile: @Sendable (String) -> String? = { _ in nil }
  /// Names within a folder, folders with a slash at the end.
  public var listFolder: @Sendable (String) -> [String]

  public init(
    readFile: @escaping @Sendable (String) throws -> Attachment, listFolder: @escaping @Sendable (String) -> [String]
  ) {
    self.readFile = readFile
    self.listFolder = listFolder
  }
}
