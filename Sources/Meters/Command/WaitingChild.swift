import CLinux
import Glibc

/// A child process that waits to become a program, so that meters can be attached before its first instruction.
///
/// Its standard streams, environment, signals and current folder are those of this process.
final class WaitingChild {
  /// The child, which stays the same process when it becomes the program.
  var pid: pid_t { child.pid }
  /// What it has used up as a copy of this process.
  private(set) var before = ChildUsage()

  private let program: Program
  private var child = clinux_child()
  private var isReaped = false
  private var isForwarding = false

  /// Forks.
  ///
  /// - Throws: `MeterError` when the system allows no further process.
  init(_ program: Program) throws {
    self.program = program
    let result = Self.withVector(program.arguments) { arguments in
      clinux_fork_waiting(program.path, arguments, environ, &child)
    }
    guard result == 0 else {
      throw MeterError("another process cannot be started: \(String(cString: strerror(errno))); see ulimit -u")
    }
  }

  deinit {
    if isForwarding { _ = clinux_stop_forwarding() }
    clinux_abandon(&child)
    if !isReaped, child.barrier < 0 {
      kill(pid, SIGKILL)
      _ = reap()
    }
  }

  /// Takes note of what the child used as a copy of this process; the last thing to do before it is let go.
  func takeStock() { before = ChildUsage(copyInProcess: pid) }

  /// Lets it become the program; returns when it has.
  ///
  /// - Throws: `ProgramError` when the kernel refuses to run the program.
  func release() throws(ProgramError) {
    let number = clinux_release(&child)
    guard number == 0 else { throw ProgramError(name: program.arguments[0], errno: number) }
  }

  /// Returns when the program has ended; signals to this process are passed on meanwhile.
  ///
  /// - Returns: the signal that came, if one did.
  func waitForEnd() -> Int32? {
    clinux_wait_for_end(pid)
    let signal = clinux_stop_forwarding()
    isForwarding = false
    return signal == 0 ? nil : signal
  }

  /// From here on signals to this process are passed on to the child.
  func forwardSignals() {
    clinux_forward_signals(pid)
    isForwarding = true
  }

  /// How it ended and what it used; nil where the kernel does not say.
  func reap() -> (end: ProgramEnd, usage: ChildUsage)? {
    var status: Int32 = 0
    var usage = rusage()
    isReaped = true
    while wait4(pid, &status, 0, &usage) < 0 {
      if errno != EINTR { return nil }
    }
    return (ProgramEnd(waitStatus: status), ChildUsage(usage))
  }

  /// A null-terminated vector of C strings.
  private static func withVector<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    var pointers = strings.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    return body(&pointers)
  }
}

/// How a program ended.
public enum ProgramEnd: Sendable, Equatable {
  /// By itself, with this status.
  case exited(Int32)
  /// By this signal.
  case killed(Int32)

  /// Reads wait(2)'s status.
  init(waitStatus: Int32) {
    let signal = waitStatus & 0x7F
    self = signal == 0 ? .exited((waitStatus >> 8) & 0xFF) : .killed(signal)
  }

  /// What a shell makes of it: the status, or 128 and the signal.
  public var exitStatus: Int32 {
    switch self {
    case .exited(let status): status
    case .killed(let signal): 128 + signal
    }
  }
}
