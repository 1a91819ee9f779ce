import Core
import Subprocess
import Synchronization
import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A program run beside Furlong: in a session of its own, without the terminal, with a deadline and a bound on what it may say.
/// When one of these is reached it is killed with everything that it has started. swift-subprocess does the work; this file
/// alone knows it.
public enum ChildProcess {
  public struct Ended: Equatable, Sendable {
    /// Nil when a signal ended it.
    public var status: Int32?
    public var output: [UInt8]
    public var errors: [UInt8]
  }

  public enum Fault: Error, Equatable, Sendable {
    case notStarted(String)
    /// Still running, or its output still open, after so many seconds.
    case tooLong(seconds: Double)
    /// It said more than so many bytes.
    case tooMuch(bytes: Int)
  }

  /// - Parameters:
  ///   - input: what stands on its standard input.
  ///   - environment: all that it gets; nil is this process's own, which has no keys in it (see `ChildEnvironment`).
  ///   - limit: bytes of output, and of errors.
  public static func run(
    _ program: String, _ arguments: [String], input: [UInt8] = [], environment: [String: String]? = nil,
    limit: Int = 1 << 16, seconds: Double
  ) async -> Result<Ended, Fault> {
    guard let stdin = file(of: input) else {
      return .failure(.notStarted("no temporary file can be made: set TMPDIR, or free some space"))
    }
    var variables = Environment.inherit
    if let environment {
      variables = .custom(
        Dictionary(
          uniqueKeysWithValues: environment.compactMap { name, value in
            Environment.Key(rawValue: name).map { ($0, value) }
          }))
    }
    var options = PlatformOptions()
    options.createSession = true
    options.teardownSequence = [.send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .zero)]
    let work = Task { [options, variables] () -> Result<Ended, Fault> in
      do {
        let result = try await Subprocess.run(
          .path(.init(program)), arguments: Arguments(arguments), environment: variables, platformOptions: options,
          input: .fileDescriptor(stdin, closeAfterSpawningProcess: true), output: .bytes(limit: limit),
          error: .bytes(limit: limit))
        var status: Int32?
        if case .exited(let code) = result.terminationStatus { status = code }
        return .success(Ended(status: status, output: result.standardOutput, errors: result.standardError))
      } catch let error as SubprocessError where error.code == .outputLimitExceeded {
        return .failure(.tooMuch(bytes: limit))
      } catch {
        return .failure(Task.isCancelled ? .tooLong(seconds: seconds) : .notStarted("\(error)"))
      }
    }
    return await withCheckedContinuation { continuation in
      let once = Once<Result<Ended, Fault>> { continuation.resume(returning: $0) }
      let deadline = Task {
        try await Task.sleep(for: .seconds(seconds))
        // Whoever has left the session and still holds an end open is not waited for.
        once.call(.failure(.tooLong(seconds: seconds)))
        work.cancel()
      }
      Task {
        once.call(await work.value)
        deadline.cancel()
      }
    }
  }

  /// A file that has no name any more: a program that never reads it holds up nobody.
  private static func file(of input: [UInt8]) -> FileDescriptor? {
    guard let file = tmpfile() else { return nil }
    defer { fclose(file) }
    guard fwrite(input, 1, input.count, file) == input.count, fflush(file) == 0 else { return nil }
    rewind(file)
    let copy = fcntl(fileno(file), F_DUPFD_CLOEXEC, 0)
    return copy < 0 ? nil : FileDescriptor(rawValue: copy)
  }
}

/// A callback that only the first caller reaches.
final class Once<Value: Sendable>: Sendable {
  private let isSpent = Atomic(false)
  private let work: @Sendable (Value) -> Void

  init(_ work: @escaping @Sendable (Value) -> Void) { self.work = work }

  func call(_ value: Value) {
    if !isSpent.exchange(true, ordering: .relaxed) { work(value) }
  }
}
