import CLinux
import Glibc

/// A running program whose output is read as it comes: in a process group and on CPUs of its own, without input.
///
/// It is ended, with everything that it started, when this object goes.
public final class ReadProgram {
  /// Where output came out.
  public enum Stream: Sendable, CaseIterable {
    case out, err
  }

  /// What happened next.
  public enum Event: Sendable, Equatable {
    /// Bytes came.
    case output(Stream, [UInt8])
    /// The program has ended and everything that it wrote is read; it can still be looked at until it is reaped.
    case ended
    /// Nothing happened in the time given.
    case nothing
  }

  /// The process, and its group.
  public let pid: pid_t
  private var descriptors: [Stream: Int32]
  private var isReaped = false

  /// Starts the program.
  ///
  /// The starting thread's CPUs are the child's until it becomes the program, so that no instruction of it runs
  /// elsewhere.
  ///
  /// - Throws: `ProgramError` when the kernel refuses to run it, `MeterError` when its CPUs or pipes cannot be had.
  public init(_ program: Program, cpus: [Int]) throws {
    var pipes: [Stream: (read: Int32, write: Int32)] = [:]
    defer { for pipe in pipes.values { close(pipe.write) } }
    for stream in Stream.allCases {
      var ends: [Int32] = [-1, -1]
      // Closed in whatever is started next: a writing end that another program keeps would never end the stream.
      guard pipe(&ends) == 0, ends.allSatisfy({ fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }) else {
        for pipe in pipes.values { close(pipe.read) }
        throw MeterError("a pipe cannot be made: \(String(cString: strerror(errno)))")
      }
      pipes[stream] = (ends[0], ends[1])
    }
    descriptors = pipes.mapValues(\.read)
    do {
      pid = try Self.spawn(program, cpus: cpus, out: pipes[.out]?.write ?? -1, err: pipes[.err]?.write ?? -1)
    } catch {
      for pipe in pipes.values { close(pipe.read) }
      throw error
    }
  }

  deinit {
    for descriptor in descriptors.values { close(descriptor) }
    if !isReaped {
      kill()
      _ = reap()
    }
  }

  /// The threads that there are now.
  public var threads: [pid_t] { Self.threads(of: pid) }

  /// The threads of a process; none of one that is not there.
  public static func threads(of pid: pid_t) -> [pid_t] {
    guard let folder = opendir("/proc/\(pid)/task") else { return [] }
    defer { closedir(folder) }
    var threads: [pid_t] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if let thread = pid_t(name) { threads.append(thread) }
    }
    return threads.sorted()
  }

  /// One sentence for each thread that may run on other CPUs than these.
  public func strays(from cpus: [Int]) -> [String] {
    let wanted = Set(cpus)
    return threads.compactMap { thread in
      let allowed = Self.allowed(thread)
      return wanted.isSuperset(of: allowed) ? nil : "thread \(thread) of the program may run on CPUs \(allowed)"
    }
  }

  /// Waits at most so long for output or the end.
  public func next(withinMs milliseconds: Int) -> Event {
    let order = Stream.allCases.filter { descriptors[$0] != nil }
    if order.isEmpty {
      if hasEnded { return .ended }
      // The streams are closed and the program goes on: there is nothing to be woken by.
      usleep(UInt32(min(milliseconds, Self.pollMs)) * 1000)
      return hasEnded ? .ended : .nothing
    }
    var polled = order.map { pollfd(fd: descriptors[$0] ?? -1, events: Int16(POLLIN), revents: 0) }
    // What the program started may hold the streams open after its end.
    let wait = hasEnded ? 0 : milliseconds
    guard poll(&polled, nfds_t(polled.count), Int32(wait)) > 0 else { return wait == 0 ? .ended : .nothing }
    for (stream, entry) in zip(order, polled) where entry.revents != 0 {
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      let count = read(entry.fd, &buffer, buffer.count)
      if count > 0 { return .output(stream, Array(buffer[..<count])) }
      if count < 0, errno == EINTR { return .nothing }
      close(entry.fd)
      descriptors[stream] = nil
    }
    return .nothing
  }

  /// How long a program without output is left alone between two looks.
  private static let pollMs = 10

  /// Whether the program has ended; it stays to be looked at.
  private var hasEnded: Bool {
    var information = siginfo_t()
    guard waitid(P_PID, id_t(pid), &information, WEXITED | WNOHANG | WNOWAIT) == 0 else { return true }
    return information.si_signo == SIGCHLD
  }

  /// Ends the program and everything in its group at once.
  public func kill() { _ = Glibc.kill(-pid, SIGKILL) }

  /// Waits for the end and says how it was; nil where the kernel does not say.
  public func reap() -> ProgramEnd? {
    guard !isReaped else { return nil }
    isReaped = true
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 {
      if errno != EINTR { return nil }
    }
    // What it started and left behind would disturb what is measured next.
    kill()
    return ProgramEnd(waitStatus: status)
  }

  // MARK: - Starting

  private static func spawn(_ program: Program, cpus: [Int], out: Int32, err: Int32) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Signals that this process ignores or holds back would be ignored or held back by the program too.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    for signal in [SIGINT, SIGTERM, SIGPIPE, SIGHUP] { sigaddset(&signals, signal) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

    let own = allowed(0)
    try restrict(0, to: cpus)
    defer { try? restrict(0, to: own) }
    var pid: pid_t = 0
    let arguments = program.arguments.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    let number = posix_spawn(&pid, program.path, &actions, &attributes, arguments, environ)
    guard number == 0 else { throw ProgramError(name: program.arguments[0], errno: number) }
    return pid
  }

  private static func restrict(_ thread: pid_t, to cpus: [Int]) throws {
    let wanted = Set(cpus)
    guard !wanted.isEmpty, Set(allowed(thread)) != wanted else { return }
    let list = cpus.map(Int32.init)
    guard clinux_set_affinity(thread, list, list.count) == 0, Set(allowed(thread)) == wanted else {
      throw MeterError("a program cannot be pinned to CPUs \(cpus): \(String(cString: strerror(errno)))")
    }
  }

  /// The CPUs that a thread may use; none where the kernel does not say.
  private static func allowed(_ thread: pid_t) -> [Int] {
    // As many as any distribution's kernel is configured for.
    var cpus = [Int32](repeating: 0, count: 8192)
    let count = clinux_get_affinity(thread, &cpus, cpus.count)
    return count > 0 ? cpus.prefix(Int(count)).map(Int.init) : []
  }
}
