import CLinux
import Glibc
import Machine
import Synchronization
import Testing

@testable import Meters

@Suite("Software events", .enabled(if: softwareEventsAreUsable, "perf software events may be counted here"))
struct SoftwareEventsTests {
  @Test("Events of all threads of the run are summed", arguments: [1, 4])
  func sum(count: Int) throws {
    let pages = 512
    let workers = (0..<count).map { _ in Worker(pages: pages) }
    let ids = workers.map(\.threadID)
    let running = try SoftwareEvents(machine: Machine(), threadIDs: { ids }).start()
    for worker in workers { worker.work() }
    let readings = Dictionary(uniqueKeysWithValues: running.stop().map { ($0.metric, $0.value) })
    let busyNs = workers.reduce(0) { $0 + $1.busyNs }
    for worker in workers { worker.end() }

    #expect(readings.count == SoftwareEventGroup.events.count)
    #expect(try #require(readings["event_page_faults"]) >= Double(count * pages))
    // Every worker waits before and after its work, and the clock of a worker's CPU time is the one perf reads.
    #expect(try #require(readings["event_context_switches"]) >= Double(count))
    #expect(try #require(readings["event_task_clock_ns"]) >= Double(busyNs))
  }

  @Test("A thread that is not named is not counted, and the calling thread always is")
  func others() throws {
    let worker = Worker(pages: 4096)
    defer { worker.end() }
    let running = try SoftwareEvents(machine: Machine(), threadIDs: { [] }).start()
    worker.work()
    let readings = Dictionary(uniqueKeysWithValues: running.stop().map { ($0.metric, $0.value) })
    #expect(try #require(readings["event_page_faults"]) < 4096)
    #expect(try #require(readings["event_task_clock_ns"]) > 0)
  }

  @Test("Naming the calling thread does not count it twice")
  func callerOnce() throws {
    let caller = clinux_gettid()
    let running = try SoftwareEvents(machine: Machine(), threadIDs: { [caller, caller] }).start()
    // Faults are the same in number on every machine; times differ by what a hypervisor takes.
    let pages = 4096
    touch(pages: pages)
    let readings = Dictionary(uniqueKeysWithValues: running.stop().map { ($0.metric, $0.value) })
    let faults = try #require(readings["event_page_faults"])
    #expect(faults >= Double(pages) && faults < Double(2 * pages))
  }

  @Test("A thread that has ended is an error that names it, and leaves no descriptor open")
  func ended() throws {
    let worker = Worker(pages: 1)
    let id = worker.threadID
    worker.end()
    let meter = SoftwareEvents(machine: Machine(), threadIDs: { [id] })
    let before = openDescriptors()
    for _ in 0..<100 {
      #expect { _ = try meter.start() } throws: { "\($0)".contains("thread \(id) has ended") }
    }
    #expect(openDescriptors() - before < 400)
  }

  @Test("A window gives its descriptors back")
  func descriptors() throws {
    let before = openDescriptors()
    for _ in 0..<100 { _ = try SoftwareEvents(machine: Machine(), threadIDs: { [] }).start().stop() }
    #expect(openDescriptors() - before < 400)
  }

  @Test("The limit on open files is raised for many threads, and never lowered")
  func limit() {
    let before = DescriptorLimit.raise(toHold: 0)
    #expect(DescriptorLimit.raise(toHold: 1) == before)
    let after = DescriptorLimit.raise(toHold: before + 64)
    var limit = rlimit()
    #expect(getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
    #expect(after == Int(clamping: min(rlim_t(before + 64 + 128), limit.rlim_max)))
    #expect(Int(clamping: limit.rlim_cur) == after)
  }

  /// Counts the perf descriptors of this process.
  ///
  /// Other tests hold a few at the same time; a hundred leaks of four would show.
  private func openDescriptors() -> Int {
    var count = 0
    var buffer = [CChar](repeating: 0, count: 64)
    for descriptor in 0..<1024 where readlink("/proc/self/fd/\(descriptor)", &buffer, 63) > 0 {
      if buffer.starts(with: "anon_inode:[perf_event]".utf8.map { CChar($0) }) { count += 1 }
    }
    return count
  }
}

private let softwareEventsAreUsable: Bool = {
  if case .usable = Machine().softwareEvents() { return true }
  return false
}()

/// Touches pages that nobody has touched yet: a fault each.
private func touch(pages: Int) {
  let page = Int(getpagesize())
  let memory = mmap(nil, pages * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)!
  madvise(memory, pages * page, MADV_NOHUGEPAGE)
  for index in 0..<pages { memory.storeBytes(of: 1, toByteOffset: index * page, as: UInt8.self) }
  munmap(memory, pages * page)
}

/// A thread that waits until it is told to work, touches fresh pages, and waits again.
private final class Worker: Sendable {
  private let pages: Int
  private let go = Gate(), done = Gate()
  private let state = Mutex((threadID: pid_t(0), busyNs: 0, ending: false))
  private let thread = Mutex<TestThread?>(nil)

  init(pages: Int) {
    self.pages = pages
    let worker = TestThread { [self] in loop() }
    thread.withLock { $0 = worker }
    done.wait()
  }

  var threadID: pid_t { state.withLock { $0.threadID } }
  var busyNs: Int { state.withLock { $0.busyNs } }

  func work() {
    go.open()
    done.wait()
  }

  func end() {
    state.withLock { $0.ending = true }
    go.open()
    thread.withLock { $0?.join() }
  }

  private func loop() {
    state.withLock { $0.threadID = clinux_gettid() }
    done.open()
    while true {
      go.wait()
      if state.withLock({ $0.ending }) { return }
      let startNs = clinux_thread_cpu_ns()
      touch(pages: pages)
      let busy = Int(clinux_thread_cpu_ns() - startNs)
      state.withLock { $0.busyNs += busy }
      done.open()
    }
  }
}
