import Foundation
import Meters

/// Another program that is run to its end, with its output in files and a limit to its time.
struct ChildProcess {
  /// How it ended.
  enum End: Equatable {
    case exited(Int32)
    case killed(Int32)
    /// It was still at work when its time was over, and was ended.
    case timedOut
  }

  /// The program and its arguments.
  let program: Program
  /// Its whole environment.
  let environment: [String: String]

  /// Runs it in a process group of its own, so that it can be ended with all that it started.
  ///
  /// - Parameters:
  ///   - output: a file for what it writes to stdout.
  ///   - errors: a file for what it writes to stderr; may be the same.
  /// - Throws: `Interrupted` when the user stops, the program then ended; `GateError` when it cannot be started.
  func run(output: String, errors: String, timeoutSeconds: Double, interrupt: Interrupt) throws -> End {
    let child = try start(output: output, errors: errors)
    let deadline = WallClock.nowNs() + UInt64(timeoutSeconds * 1e9)
    // Short at first, because many programs end at once; long then, to leave the CPU to the program.
    var pause: UInt32 = 1_000
    while true {
      var status: Int32 = 0
      if waitpid(child, &status, WNOHANG) == child { return Self.end(status) }
      if interrupt.isRaised {
        Self.stop(child)
        throw Interrupted()
      }
      if WallClock.nowNs() >= deadline {
        Self.stop(child)
        return .timedOut
      }
      usleep(pause)
      pause = min(pause * 2, 20_000)
    }
  }

  private func start(output: String, errors: String) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    let flags = O_WRONLY | O_CREAT | O_APPEND
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, flags, 0o644)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors, flags, 0o644)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // This process ignores the signals that it listens to, and a child would inherit that.
    var set = sigset_t()
    sigemptyset(&set)
    posix_spawnattr_setsigmask(&attributes, &set)
    for signal in [SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGPIPE] { sigaddset(&set, signal) }
    posix_spawnattr_setsigdefault(&attributes, &set)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var arguments = program.arguments.map { strdup($0) } + [nil]
    var variables = environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in arguments + variables { free(pointer) } }
    var child: pid_t = 0
    let error = posix_spawn(&child, program.path, &actions, &attributes, &arguments, &variables)
    guard error == 0 else {
      throw GateError("\(program.path) cannot be started: \(String(cString: strerror(error)))")
    }
    return child
  }

  private static func end(_ status: Int32) -> End {
    let signal = status & 0x7F
    return signal == 0 ? .exited((status >> 8) & 0xFF) : .killed(signal)
  }

  /// Asks the group to end, and two seconds later no longer asks.
  private static func stop(_ child: pid_t) {
    kill(-child, SIGTERM)
    var status: Int32 = 0
    for _ in 0..<200 {
      if waitpid(child, &status, WNOHANG) == child {
        kill(-child, SIGKILL)
        return
      }
      usleep(10_000)
    }
    kill(-child, SIGKILL)
    waitpid(child, &status, 0)
  }
}

/// Something that a gate cannot do, in a sentence with the way out.
public struct GateError: Error, CustomStringConvertible, Sendable, Equatable {
  /// What went wrong.
  public enum Kind: Sendable {
    /// A build, a file, a program that is no tern.
    case other
    /// What is compared with is not there.
    case baselineNotFound
  }

  /// What failed and what to do.
  public let description: String
  /// Which exit status it deserves.
  public let kind: Kind

  /// Makes an error.
  public init(_ description: String, kind: Kind = .other) {
    self.description = description
    self.kind = kind
  }
}
