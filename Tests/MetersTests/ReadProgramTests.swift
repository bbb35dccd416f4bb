import Glibc
import Records
import Testing

@testable import Meters

@Suite struct ReadProgramTests {
  /// Runs a script of sh to its end.
  private func run(_ script: String, cpus: [Int] = []) throws -> (out: String, err: String, end: ProgramEnd?) {
    let child = try ReadProgram(try Program(["sh", "-c", script]), cpus: cpus)
    var bytes: [ReadProgram.Stream: [UInt8]] = [:]
    loop: for _ in 0..<2000 {
      switch child.next(withinMs: 100) {
      case .output(let stream, let more): bytes[stream, default: []] += more
      case .ended: break loop
      case .nothing: continue
      }
    }
    func text(_ stream: ReadProgram.Stream) -> String { String(decoding: bytes[stream] ?? [], as: UTF8.self) }
    return (text(.out), text(.err), child.reap())
  }

  @Test func bothStreamsAreReadAndTheEndIsTold() throws {
    let result = try run("echo one; echo two >&2; exit 3")
    #expect(result.out == "one\n" && result.err == "two\n" && result.end == .exited(3))
    #expect(try run("kill -TERM $$").end == .killed(SIGTERM), "signals that this process ignores are not ignored")
    #expect(try run("cat; echo done").out == "done\n", "there is no input")
  }

  @Test func moreThanAPipeHoldsIsRead() throws {
    #expect(try run("head -c 300000 /dev/zero").out.utf8.count == 300_000)
  }

  @Test func whatTheProgramLeavesBehindDoesNotHoldUpItsEnd() throws {
    let result = try run("sleep 100 & echo started")
    #expect(result.out == "started\n" && result.end == .exited(0))
  }

  @Test func theProgramRunsOnItsCPUsFromTheStart() throws {
    let before = try run("grep Cpus_allowed_list /proc/self/status").out
    let result = try run("grep Cpus_allowed_list /proc/self/status", cpus: [0]).out
    #expect(result.split(separator: "\t").last == "0\n")
    #expect(try run("grep Cpus_allowed_list /proc/self/status").out == before, "this thread's own CPUs are back")
  }

  @Test func aProgramThatIsLetGoIsEndedWithItsGroup() throws {
    var pid: pid_t = 0
    do {
      let child = try ReadProgram(try Program(["sh", "-c", "sleep 100 & sleep 100"]), cpus: [])
      pid = child.pid
      #expect(kill(-pid, 0) == 0)
    }
    // The sleeper behind it is reaped by init, a moment later.
    for _ in 0..<200 where kill(-pid, 0) == 0 { usleep(10_000) }
    #expect(kill(-pid, 0) != 0)
  }

  @Test func anotherProcessesUseIsItsOwn() throws {
    let child = try ReadProgram(
      try Program(["sh", "-c", "while :; do :; done"]), cpus: [])
    var metrics: [String: Double] = [:]
    var used = 0.0
    // A busy machine may give the program no CPU for as long as a window: so many are enough for any.
    for _ in 0..<50 where used == 0 {
      let window = try MeterStack([ProcessUse(pid: child.pid), WallClock()], overheadWindows: 0).start()
      usleep(150_000)
      metrics = window.stop().metrics
      used = (metrics["time_cpu_user_ns"] ?? 0) + (metrics["time_cpu_system_ns"] ?? 0)
    }
    // The kernel counts this in ticks of 10 ms, user and system time each.
    #expect(used > 0 && used <= (metrics["time_wall_ns"] ?? 0) * 1.1 + 20e6, "one thread")
    #expect((metrics["memory_peak_rss_bytes"] ?? 0) > 0)
    #expect(!ReadProgram.threads(of: child.pid).isEmpty)
    child.kill()
    #expect(child.reap() == .killed(SIGKILL))
    #expect(ProcessUse(pid: child.pid).availability() != .available)
  }
}
