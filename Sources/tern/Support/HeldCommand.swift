import ArgumentParser
import Glibc

/// Runs a program and stays until it ends, so that what was set for it can be put back.
enum HeldCommand {
  /// Signals that ask for an end, and the one that says that a child has ended.
  private static let watched = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD]

  /// Keeps the signals pending; `run` takes them one after the other.
  static func holdSignals() -> sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in watched { sigaddset(&set, signal) }
    pthread_sigmask(SIG_BLOCK, &set, nil)
    return set
  }

  /// Runs the program and gives its exit status, 128 and the signal where one ended it.
  ///
  /// What the terminal sends goes to the program as well, so that only what a process sends here is handed on.
  ///
  /// - Throws: `ExitCode` 127 or 126, as shells do, where the program is not found or cannot be started.
  static func run(_ command: [String], signals: sigset_t) throws -> Int32 {
    let child = try spawn(command)
    var signals = signals
    while true {
      var information = siginfo_t()
      let signal = sigwaitinfo(&signals, &information)
      if signal == SIGCHLD {
        var status: Int32 = 0
        // A child that has only been stopped is still there.
        if waitpid(child, &status, WNOHANG) == child { return exitStatus(status) }
      } else if signal > 0, information.si_code <= 0 {
        kill(child, signal)
      }
    }
  }

  /// wait(2): the low seven bits are the signal, the next byte is the status.
  private static func exitStatus(_ status: Int32) -> Int32 {
    let signal = status & 0x7f
    return signal == 0 ? (status >> 8) & 0xff : 128 + signal
  }

  private static func spawn(_ command: [String]) throws -> pid_t {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // The program starts with no signal held, as it would without us.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var child: pid_t = 0
    let error = posix_spawnp(&child, command[0], nil, &attributes, &arguments, environ)
    guard error == 0 else {
      Console.note("\(command[0]) cannot be run: \(String(cString: strerror(error)))")
      throw ExitCode(error == ENOENT ? 127 : 126)
    }
    return child
  }
}
