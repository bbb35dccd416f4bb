import CLinux
import Foundation
import Testing

@Suite struct CLinuxTests {
  @Test("clocks run forward and agree on the second")
  func clocksRun() {
    let before = clinux_monotonic_raw_ns()
    usleep(2000)
    let after = clinux_monotonic_raw_ns()
    #expect(after - before >= 1_500_000)
    #expect(clinux_thread_cpu_ns() > 0)
    #expect(clinux_process_cpu_ns() >= clinux_thread_cpu_ns())
  }

  @Test("a thread that is pinned to one CPU runs there, and can be released again")
  func affinityRoundTrip() throws {
    var allowed = [Int32](repeating: -1, count: 8192)
    let count = clinux_get_affinity(0, &allowed, allowed.count)
    try #require(count > 0)
    let all = Array(allowed.prefix(Int(count)))

    // A thread of its own, so that the test runner's threads keep their CPUs.
    let last = all[all.count - 1]
    let thread = PinnedThread {
      var one = [last]
      guard clinux_set_affinity(0, &one, 1) == 0 else { return nil }
      var now = [Int32](repeating: -1, count: 8192)
      let found = clinux_get_affinity(0, &now, now.count)
      return (Array(now.prefix(Int(max(0, found)))), clinux_current_cpu())
    }
    let seen = try #require(thread.result())
    #expect(seen.allowed == [last])
    #expect(seen.current == last)
  }

  @Test("an affinity of no valid CPU is refused by the kernel, not by a crash")
  func badAffinityFails() {
    var none: [Int32] = [-5, 100_000]
    #expect(clinux_set_affinity(0, &none, 2) == -1)
  }

  @Test("waiting on a word that has changed already returns at once")
  func futexDoesNotWaitForThePast() {
    var word: UInt32 = 7
    clinux_futex_wait(&word, 6)
    clinux_futex_wake(&word, 1)
    #expect(word == 7)
  }

  @Test("the loop of known length takes time in proportion to its length, and says what it was")
  func countedLoop() {
    #expect(clinux_counted_loop(0) == 0)
    #if arch(x86_64) || arch(arm64)
      #expect(clinux_counted_loop(1) == 2)
      let before = clinux_thread_cpu_ns()
      #expect(clinux_counted_loop(100_000_000) == 200_000_000)
      // At one iteration per cycle this is 10 ms at 10 GHz, which no CPU has.
      #expect(clinux_thread_cpu_ns() - before > 10_000_000)
    #endif
  }

  @Test("an event has an id, by which a group's read names it")
  func eventID() {
    var attribute = perf_event_attr()
    attribute.type = PERF_TYPE_SOFTWARE.rawValue
    attribute.config = UInt64(PERF_COUNT_SW_TASK_CLOCK.rawValue)
    attribute.size = UInt32(MemoryLayout<perf_event_attr>.size)
    let fd = clinux_perf_event_open(&attribute, 0, -1, -1, 0)
    var id: UInt64 = 0
    if fd >= 0 {
      #expect(clinux_perf_id(fd, &id) == 0 && id > 0)
      close(fd)
    }
    #expect(clinux_perf_id(-1, &id) == -1)
  }

  @Test("an event that no PMU knows fails with an errno")
  func impossibleEventFails() {
    var attribute = perf_event_attr()
    attribute.type = 0xFFFF_FFFF
    attribute.size = UInt32(MemoryLayout<perf_event_attr>.size)
    let fd = clinux_perf_event_open(&attribute, 0, -1, -1, 0)
    #expect(fd == -1)
    #expect(errno != 0)
  }

  @Test("what is said to an emulated CPU changes nothing on a real one")
  func callgrind() {
    #expect(clinux_is_emulated() == 0)
    var sum: UInt64 = 0
    clinux_callgrind_begin()
    for number in 1...100 { sum += UInt64(number) }
    clinux_callgrind_end()
    #expect(sum == 5050)
  }
}

/// Runs one closure on a thread of its own.
private final class PinnedThread: @unchecked Sendable {
  private var value: (allowed: [Int32], current: Int32)?
  private let done = DispatchSemaphore(value: 0)

  init(_ body: @escaping @Sendable () -> ([Int32], Int32)?) {
    let thread = Thread { [self] in
      value = body().map { ($0.0, $0.1) }
      done.signal()
    }
    thread.start()
  }

  func result() -> (allowed: [Int32], current: Int32)? {
    done.wait()
    return value
  }
}
