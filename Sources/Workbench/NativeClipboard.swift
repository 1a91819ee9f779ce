import Core
import Dispatch

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The clipboard of this machine, through the first tool that is installed. Beside the terminal's own (`Screen.copy`), which
/// not every terminal allows. Any thread.
public enum NativeClipboard {
  /// Milliseconds for a tool to take the text.
  private static let patience: Int64 = 2000
  private static let queue = DispatchQueue(label: "furlong.clipboard")

  /// The command that takes a text on its standard input; nil when there is none.
  public static func tool(_ environment: [String: String]) -> [String]? {
    func has(_ name: String) -> Bool { !(environment[name] ?? "").isEmpty }
    var tools: [[String]] = []
    if has("WAYLAND_DISPLAY") { tools.append(["wl-copy"]) }
    if has("DISPLAY") { tools += [["xclip", "-selection", "clipboard"], ["xsel", "-ib"]] }
    tools += [["pbcopy"], ["clip.exe"]]
    let folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
    for tool in tools {
      for folder in folders where access(folder + "/" + tool[0], X_OK) == 0 {
        return [folder + "/" + tool[0]] + tool.dropFirst()
      }
    }
    return nil
  }

  /// Never waits: a tool that hangs is ended.
  public static func copy(_ text: String, with tool: [String]) {
    queue.async { hand(Array(text.utf8), to: tool) }
  }

  private static func hand(_ bytes: [UInt8], to tool: [String]) {
    var ends: [Int32] = [-1, -1]
    guard !tool.isEmpty, pipe(&ends) == 0 else { return }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
    let child = start(tool, input: ends[0])
    close(ends[0])
    defer { close(ends[1]) }
    guard let child else { return }
    let deadline = Clock.system.now() + patience * 1_000_000
    var sent = 0
    while sent < bytes.count {
      let left = (deadline - Clock.system.now()) / 1_000_000
      var output = pollfd(fd: ends[1], events: Int16(POLLOUT), revents: 0)
      guard left > 0, poll(&output, 1, Int32(left)) > 0 else { break }
      let count = bytes[sent...].withUnsafeBytes { write(ends[1], $0.baseAddress, $0.count) }
      if count > 0 { sent += count } else if errno != EAGAIN && errno != EINTR { break }
    }
    if sent < bytes.count { kill(child, SIGKILL) }
    collect(child)
  }

  /// A tool may go on in the foreground for as long as it holds the text: whoever waits for its end does nothing else.
  private static func collect(_ child: pid_t) {
    OwnThread.start {
      var status: Int32 = 0
      while waitpid(child, &status, 0) < 0, errno == EINTR {}
    }
  }

  private static func start(_ tool: [String], input: Int32) -> pid_t? {
    #if canImport(Glibc)
      var files = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #else
      var files: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #endif
    posix_spawn_file_actions_init(&files)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&files)
      posix_spawnattr_destroy(&attributes)
    }
    // Nothing it says may reach the screen.
    posix_spawn_file_actions_adddup2(&files, input, 0)
    for descriptor: Int32 in [1, 2] {
      posix_spawn_file_actions_addopen(&files, descriptor, "/dev/null", O_WRONLY, 0)
    }
    // The signals that we ignore are its own again, and a Ctrl-C is not for it.
    var defaults = sigset_t()
    sigfillset(&defaults)
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
    var arguments = tool.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var child = pid_t()
    return posix_spawn(&child, tool[0], &files, &attributes, &arguments, environ) == 0 ? child : nil
  }
}
