#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The open files and connections that the system allows this process.
public enum Descriptors {
  /// More are of no use to one gateway, and programs that it starts would walk through all of them.
  private static let most = 65_536

  /// How many may be open at once.
  public static var limit: Int {
    var limit = rlimit()
    guard getrlimit(kind, &limit) == 0 else { return 256 }
    return Int(min(limit.rlim_cur, rlim_t(most)))
  }

  /// Takes as many as this process may have without asking anybody. Fewer is no fault: the gateway then takes fewer callers.
  public static func raise() {
    var limit = rlimit()
    guard getrlimit(kind, &limit) == 0 else { return }
    let wanted = min(limit.rlim_max, rlim_t(most))
    guard limit.rlim_cur < wanted else { return }
    limit.rlim_cur = wanted
    _ = setrlimit(kind, &limit)
  }

  /// Whether another could be opened now.
  public static var hasSome: Bool {
    let file = systemOpen("/dev/null", O_RDONLY | O_CLOEXEC)
    if file >= 0 { close(file) }
    return file >= 0 || errno != EMFILE && errno != ENFILE
  }

  /// How many are open; asked of the system's own list, which takes some microseconds for each.
  public static var open: Int {
    guard let folder = opendir("/dev/fd") else { return 32 }
    defer { closedir(folder) }
    var count = 0
    while let entry = readdir(folder) { count += entry.pointee.d_name.0 == 0x2E ? 0 : 1 }
    return max(0, count - 1)
  }

  #if canImport(Glibc)
    private static let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
  #else
    private static let kind = RLIMIT_NOFILE
  #endif
}

/// The C function, whose name `Descriptors.open` hides.
private func systemOpen(_ path: String, _ flags: Int32) -> Int32 { open(path, flags) }
