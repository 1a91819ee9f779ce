/// What the environment says about the terminal, where the terminal's own description (terminfo) does not say it.
public struct TerminalTraits: Equatable, Sendable {
  public enum Colors: Equatable, Sendable {
    case none
    /// As many as the description has.
    case described
    /// All 24 bits, whatever the description has.
    case direct
  }

  /// A program between us and the terminal, which passes on only what it is asked to.
  public enum Multiplexer: Equatable, Sendable { case tmux, screen }

  public var colors = Colors.described
  public var multiplexer: Multiplexer?

  public init() {}

  /// From NO_COLOR, COLORTERM, TERM and TMUX.
  public init(environment: [String: String]) {
    func value(_ name: String) -> String { environment[name] ?? "" }
    let isScreen = value("TERM").hasPrefix("screen")
    if !value("TMUX").isEmpty {
      multiplexer = .tmux
    } else if isScreen || !value("STY").isEmpty {
      multiplexer = .screen
    }
    // https://no-color.org: set and not empty means none.
    if !value("NO_COLOR").isEmpty {
      colors = .none
    } else if ["truecolor", "24bit"].contains(value("COLORTERM")), !value("TERM").hasPrefix("linux"),
      multiplexer != .screen
    {
      // GNU screen hands COLORTERM on from the terminal around it, but not the colours.
      colors = .direct
    }
  }
}
