import CLinux
import Foundation
import Machine
import Records
import Suites
import Synchronization
import Testing

@testable import Meters

/// The system calls themselves, on this kernel, with events that need no hardware: task-clock and page-faults.
@Suite("Counters on this kernel", .enabled(if: softwareEventsAreUsable, "perf software events may be counted here"))
struct CounterKernelTests {
  /// A group of software events under libpfm4's own names, whose metrics borrow the names of others.
  private func group(_ name: String = "software") throws -> CounterGroup {
    try CounterExamples.group(
      name, events: [("clock", "PERF_COUNT_SW_TASK_CLOCK"), ("faults", "PERF_COUNT_SW_PAGE_FAULTS")],
      metrics: [("counter_cycles", "clock"), ("counter_instructions", "faults"), ("frequency_hz", "clock / cpu_time")],
      models: ["perf"])
  }

  private func touch(pages: Int) {
    let page = Int(getpagesize())
    guard let memory = mmap(nil, pages * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) else {
      return
    }
    madvise(memory, pages * page, MADV_NOHUGEPAGE)
    for index in 0..<pages { memory.storeBytes(of: 1, toByteOffset: index * page, as: UInt8.self) }
    munmap(memory, pages * page)
  }

  @Test("Two groups are counted in two passes, or in one with both", arguments: CounterMode.allCases)
  func modes(mode: CounterMode) throws {
    let groups = [try group("first"), try group("second")]
    let meter = Counters(machine: Machine(), groups: groups, mode: mode)
    #expect(meter.availability() == .available)
    #expect(meter.passes == (mode == .strict ? 2 : 1))
    for pass in 0..<meter.passes {
      let window = try meter.open(pass: pass)
      try window.begin()
      // Long beside the moment between two clocks that are read in turn, in which something else may have the CPU.
      for _ in 0..<50 { touch(pages: 256) }
      window.end()
      let readings = window.readings()
      #expect(readings.problems.isEmpty)
      #expect(Set(readings.counters.map(\.group)) == (mode == .strict ? [groups[pass].name] : ["first", "second"]))
      #expect(try #require(readings.value("counter_instructions")) >= 256)
      #expect(try #require(readings.value("counter_cycles")) > 0)
      // task-clock counts nanoseconds of the very time that the kernel says the group was enabled.
      let rate = try #require(readings.value("frequency_hz"))
      #expect(rate > 0.5e9 && rate < 1.5e9, "\(rate)")
      for record in readings.counters {
        #expect(record.timeRunningNs == record.timeEnabledNs && record.timeEnabledNs > 0)
      }
    }
  }

  @Test("What lies outside of the window is not counted, and another window begins at zero")
  func window() throws {
    let meter = Counters(machine: Machine(), groups: [try group()])
    for _ in 0..<2 {
      let window = try meter.open(pass: 0)
      touch(pages: 4096)
      try window.begin()
      window.end()
      touch(pages: 4096)
      #expect(try #require(window.readings().value("counter_instructions")) < 4096)
    }
  }

  @Test("The threads that are named are counted, and no others")
  func threads() throws {
    let go = Gate(), ready = Gate(), done = Gate(), end = Gate()
    let id = Mutex(pid_t(0))
    let thread = TestThread { [self] in
      id.withLock { $0 = clinux_gettid() }
      ready.open()
      go.wait()
      touch(pages: 4096)
      done.open()
      end.wait()
    }
    ready.wait()
    let worker = id.withLock { $0 }
    let counting = try Counters(machine: Machine(), groups: [try group()], threadIDs: { [worker] }).open(pass: 0)
    let alone = try Counters(machine: Machine(), groups: [try group()]).open(pass: 0)
    try counting.begin()
    try alone.begin()
    go.open()
    done.wait()
    alone.end()
    counting.end()
    #expect(try #require(counting.readings().value("counter_instructions")) >= 4096)
    #expect(try #require(alone.readings().value("counter_instructions")) < 4096)
    end.open()
    thread.join()
  }

  @Test("A command and what it starts are counted from its exec on")
  func command() throws {
    // A child that waits for a byte before its exec, as a harness makes one; the shell starts a child of its own.
    var pipe: [Int32] = [0, 0]
    #expect(Glibc.pipe(&pipe) == 0)
    var child = pid_t()
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, pipe[0], 0)
    posix_spawn_file_actions_addclose(&actions, pipe[1])
    let script = "read go; exec /bin/sh -c 'i=0; while [ $i -lt 20 ]; do /bin/true; i=$((i+1)); done'"
    var arguments: [UnsafeMutablePointer<CChar>?] = ["/bin/sh", "-c", script].map { (text: String) in strdup(text) }
    arguments.append(nil)
    defer { for argument in arguments { free(argument) } }
    #expect(posix_spawn(&child, "/bin/sh", &actions, nil, &arguments, environ) == 0)
    close(pipe[0])

    let meter = Counters.forCommand(pid: child, machine: Machine(), groups: [try group()])
    #expect(meter.availability() == .available && meter.passes == 1)
    #expect(meter.scope == "the command and what it starts")
    let window = try meter.open(pass: 0)
    try window.begin()
    #expect(write(pipe[1], "\n", 1) == 1)
    var status: Int32 = 0
    waitpid(child, &status, 0)
    window.end()
    close(pipe[1])
    let readings = window.readings()
    #expect(readings.problems.isEmpty, "\(readings.problems)")
    // Twenty programs cannot start with fewer page faults, and the shell alone has not as many.
    #expect(try #require(readings.value("counter_instructions")) > 20 * 20)
    #expect(try #require(readings.value("counter_cycles")) > 1_000_000)
  }

  @Test("Where there is no PMU, the built-in groups say why")
  func builtIn() throws {
    guard case .unusable(let reason, _) = Machine().hardwareCounters() else { return }
    let meter = Counters(machine: Machine(), groups: try CounterGroupLibrary.all())
    guard case .unavailable(let said, let fix) = meter.availability() else {
      Issue.record("available, although the machine is not: \(reason)")
      return
    }
    #expect(!said.isEmpty && !fix.isEmpty)
  }

  @Test(
    "Beginning and ending a window takes nothing from the heap",
    .enabled(if: HeapWitness.works, "the allocator is not glibc's"), arguments: CounterMode.allCases)
  func noAllocation(mode: CounterMode) throws {
    let meter = Counters(machine: Machine(), groups: [try group("first"), try group("second")], mode: mode)
    // The first may take what the runtime makes once for all of a process; each after it would take what a window does.
    let disturbed = try (0..<5).map { _ in
      let window = try meter.open(pass: 0)
      let witness = HeapWitness()
      try window.begin()
      _ = clinux_counted_loop(100_000)
      window.end()
      let disturbed = witness.disturbed
      #expect(window.readings().problems.isEmpty)
      return disturbed
    }
    #expect(disturbed.dropFirst().allSatisfy { $0 == 0 }, "\(disturbed)")
  }

  @Test("A window of the real kernel gives its descriptors back")
  func descriptors() throws {
    let meter = Counters(machine: Machine(), groups: [try group()])
    let before = openDescriptors()
    for _ in 0..<100 { _ = try meter.window() }
    // Other tests hold a few at the same time; a hundred leaks of two would show.
    #expect(openDescriptors() - before < 100)
  }

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
