import CLinux
import Foundation
import Testing

/// A child that waits, is let go, and ends.
@Suite struct ChildTests {
  /// Forks a child that waits to become `path`.
  private static func fork(_ path: String, _ arguments: [String]) throws -> clinux_child {
    var child = clinux_child()
    var vector = (arguments.map { strdup($0) }) + [nil]
    defer { for pointer in vector { free(pointer) } }
    try #require(clinux_fork_waiting(path, &vector, environ, &child) == 0)
    return child
  }

  private static func reap(_ pid: pid_t) -> Int32 {
    var status: Int32 = 0
    return waitpid(pid, &status, 0) == pid ? status : -1
  }

  @Test("a child does nothing before it is let go, and then becomes the program")
  func barrier() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("tern-child-\(UUID().uuidString)").path
    defer { unlink(path) }
    var child = try Self.fork("/bin/sh", ["sh", "-c", "echo ran > \(path); exit 7"])
    usleep(50_000)
    #expect(access(path, F_OK) != 0)
    #expect(kill(child.pid, 0) == 0)
    #expect(clinux_release(&child) == 0)
    #expect(clinux_wait_for_end(child.pid) == 0)
    #expect(access(path, F_OK) == 0)
    // Its end was waited for, and its status is still there.
    #expect(Self.reap(child.pid) == 7 << 8)
  }

  @Test("the errno of a failed exec comes back")
  func failedExec() throws {
    var child = try Self.fork("/nowhere/to/be/found", ["found"])
    #expect(clinux_release(&child) == ENOENT)
    #expect(Self.reap(child.pid) == 127 << 8)
  }

  @Test("a child that is abandoned ends, and leaves no zombie")
  func abandoned() throws {
    var child = try Self.fork("/bin/true", ["true"])
    clinux_abandon(&child)
    #expect(kill(child.pid, 0) == -1 && errno == ESRCH)
    // A second time does nothing.
    clinux_abandon(&child)
  }

  @Test("a child that is killed while it waits does not take its parent along")
  func killedWhileWaiting() throws {
    var child = try Self.fork("/bin/true", ["true"])
    kill(child.pid, SIGKILL)
    #expect(clinux_wait_for_end(child.pid) == 0)
    // Writing to a pipe that nobody reads would raise SIGPIPE here.
    #expect(clinux_release(&child) == 0)
    #expect(Self.reap(child.pid) == SIGKILL)
  }

  @Test("what would ask the program to end is not blocked in it, whatever the thread blocks that forks it")
  func signalsAreOpen() throws {
    var action = sigaction()
    sigaction(SIGTERM, nil, &action)
    // Whoever runs the tests may ignore the signal, and every child inherits that.
    guard unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) != 1 else { return }
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    var child = try Self.fork("/bin/sh", ["sh", "-c", "kill -TERM $$; exit 3"])
    #expect(clinux_release(&child) == 0)
    #expect(Self.reap(child.pid) == SIGTERM)
  }
}
