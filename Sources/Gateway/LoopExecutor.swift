import NIOCore

/// Runs tasks on an event loop's own thread, so that a request, its answer and its connection need not change threads between
/// them: half of what the gateway would otherwise add to a first token.
final class LoopExecutor: TaskExecutor {
  private let loop: any EventLoop

  init(_ loop: any EventLoop) { self.loop = loop }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
