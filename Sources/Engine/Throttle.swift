/// Lets so many through at once, in the order they came.
actor Throttle {
  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(_ count: Int) { free = max(1, count) }

  func run<Value: Sendable>(_ work: @Sendable () async -> Value) async -> Value {
    await enter()
    let value = await work()
    leave()
    return value
  }

  private func enter() async {
    if free > 0 {
      free -= 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  private func leave() {
    if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
  }
}
