import Glibc
import Testing

@testable import Meters

/// Process-wide numbers move with whatever else the process does, so these tests run one at a time and only ever
/// assert that at least what they did themselves was seen.
@Suite("Meters of the process", .serialized)
struct ProcessMetersTests {
  private func window(_ meter: some Meter, _ body: () -> Void) throws -> [String: Double] {
    let stack = MeterStack([meter], overheadWindows: 0)
    let running = try stack.start()
    body()
    return running.stop().metrics
  }

  /// Writes one byte to each of `count` fresh small pages.
  private func touch(pages count: Int) {
    let size = count * Int(getpagesize())
    let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)!
    madvise(memory, size, MADV_NOHUGEPAGE)
    for page in 0..<count { memory.storeBytes(of: 1, toByteOffset: page * Int(getpagesize()), as: UInt8.self) }
    munmap(memory, size)
  }

  @Test("Wall time covers a sleep")
  func wallClock() throws {
    let metrics = try window(WallClock()) { usleep(2000) }
    #expect(try #require(metrics["time_wall_ns"]) >= 2_000_000)
    #expect(WallClock().resolutionNs.map { $0 >= 1 } == true)
  }

  @Test("CPU time of the process covers that of the thread, and a sleeping thread uses hardly any")
  func cpuTime() throws {
    var sum: UInt64 = 0
    let metrics = try window(CPUTime()) { for value in 0..<20_000_000 as Range<UInt64> { sum ^= value &* sum &+ 1 } }
    let thread = try #require(metrics["time_cpu_thread_ns"])
    let process = try #require(metrics["time_cpu_user_ns"]) + (try #require(metrics["time_cpu_system_ns"]))
    #expect(thread > 0 && sum != 42)
    // getrusage truncates each of its two numbers to a microsecond, at both ends.
    #expect(process >= thread - 4000)
  }

  @Test("A window that is stopped on another thread leaves the thread's time out")
  func otherThread() throws {
    nonisolated(unsafe) let running = try MeterStack([CPUTime()], overheadWindows: 0).start()
    nonisolated(unsafe) var metrics: [String: Double] = [:]
    let thread = TestThread { metrics = running.stop().metrics }
    thread.join()
    #expect(metrics["time_cpu_thread_ns"] == nil)
    #expect(metrics["time_cpu_user_ns"] != nil)
  }

  @Test("Page faults and the peak cover what was touched")
  func memory() throws {
    let metrics = try window(MemoryUse()) { touch(pages: 4096) }
    #expect(try #require(metrics["page_faults_minor"]) >= 4096)
    #expect(try #require(metrics["memory_peak_rss_bytes"]) >= Double(4096 * Int(getpagesize())))
    #expect(metrics["page_faults_major"] != nil)
  }

  @Test(
    "Where the peak can be reset, a later window does not see an earlier one's", .enabled(if: PeakResidentSet.reset()))
  func peakOfWindow() throws {
    let meter = MemoryUse()
    let large = try window(meter) { touch(pages: 65536) }
    let small = try window(meter) {}
    #expect(meter.scope == "process, peak of the window")
    #expect(try #require(small["memory_peak_rss_bytes"]) < (try #require(large["memory_peak_rss_bytes"])))
  }

  @Test("Sleeping gives the CPU up")
  func scheduling() throws {
    let metrics = try window(Scheduling()) { for _ in 0..<5 { usleep(500) } }
    #expect(try #require(metrics["context_switches_voluntary"]) >= 5)
    #expect(metrics["context_switches_involuntary"] != nil)
  }

  @Test(
    "Only a well-formed VmHWM line is a peak",
    arguments: [("Name:\tx\nVmHWM:\t  12 kB\n", 12288)] as [(String, Int?)]
      + [
        ("", nil), ("VmHWM: 12 MB", nil), ("VmHWM: x kB", nil), ("VmHWM: 9223372036854775807 kB", nil), ("VmHWM:", nil),
      ])
  func parse(text: String, bytes: Int?) { #expect(PeakResidentSet.parse(text) == bytes) }
}
