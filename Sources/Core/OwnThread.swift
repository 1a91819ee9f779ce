#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A thread for one piece of work that may wait long or for ever: a command of the person's, a pattern, a disk. The threads that
/// tasks and Dispatch's shared queues run on are as many as there are processors, and none of them may be held.
public enum OwnThread {
  private final class Work {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Never waits. Where no thread can be had, the work is done at once by the caller.
  public static func start(_ body: @escaping @Sendable () -> Void) {
    let context = Unmanaged.passRetained(Work(body))
    var thread = pthread_t()
    let fault = pthread_create(
      &thread, nil,
      { context in
        if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body() }
        return nil
      }, context.toOpaque())
    guard fault == 0 else { return context.takeRetainedValue().body() }
    pthread_detach(thread)
  }
}
