import CLinux
import Glibc
import Records
import Synchronization

@testable import Machine
@testable import Meters

/// A kernel that a test writes: it hands out descriptors and gives the counts that the test says.
final class ScriptedKernel: Sendable {
  /// An event that is open, or was.
  struct Opened: Sendable {
    let descriptor: Int32
    let attribute: perf_event_attr
    let thread: pid_t
    let leader: Int32
    var isEnabled = false
    var isClosed = false
    var count: UInt64 = 0
    var enabledNs: UInt64 = 0
    var runningNs: UInt64 = 0
  }

  /// What an event counts in one window.
  struct Step: Sendable {
    var count: UInt64
    var enabledNs: UInt64 = 1_000_000
    var runningNs: UInt64 = 1_000_000
  }

  /// What the test decides.
  struct Script: Sendable {
    /// The errno of an event, or nil to open it.
    var refuse: @Sendable (perf_event_attr, pid_t) -> Int32? = { _, _ in nil }
    /// What an event counts between being enabled and being disabled; thread 0 is the trial's.
    var step: @Sendable (Opened) -> Step
    /// What read(2) of a descriptor gives in place of its counts, and where: nil to count.
    var answer: @Sendable (Opened) -> Int? = { _ in nil }
    /// Whether a group can be enabled.
    var enables = true
    /// Changes the words that a read gives.
    var tamper: @Sendable (inout [UInt64]) -> Void = { _ in }
  }

  private let opened = Mutex<[Opened]>([])
  private let script: Script

  init(_ script: Script) { self.script = script }

  /// Everything that was opened so far.
  var all: [Opened] { opened.withLock { $0 } }
  /// What was opened for a thread of the run, not for the trial.
  var ofTheRun: [Opened] { all.filter { $0.thread != 0 } }

  var calls: PerfKernel {
    PerfKernel(
      open: { [self] attribute, thread, leader in open(attribute, thread, leader) },
      id: { UInt64($0) + 1000 },
      enable: { [self] in toggle($0, on: true) },
      disable: { [self] in toggle($0, on: false) },
      read: { [self] in read($0, $1) },
      close: { [self] descriptor in opened.withLock { $0[Int(descriptor)].isClosed = true } })
  }

  private func open(_ attribute: perf_event_attr, _ thread: pid_t, _ leader: Int32) -> Int32 {
    if let number = script.refuse(attribute, thread) { return -number }
    return opened.withLock { opened in
      let descriptor = Int32(opened.count)
      opened.append(Opened(descriptor: descriptor, attribute: attribute, thread: thread, leader: leader))
      return descriptor
    }
  }

  private func toggle(_ leader: Int32, on: Bool) -> Bool {
    guard script.enables else { return false }
    opened.withLock { opened in
      for index in opened.indices where opened[index].descriptor == leader || opened[index].leader == leader {
        if !on, opened[index].isEnabled { count(&opened[index]) }
        opened[index].isEnabled = on
      }
    }
    return true
  }

  private func count(_ event: inout Opened) {
    let step = script.step(event)
    event.count += step.count
    event.enabledNs += step.enabledNs
    event.runningNs += step.runningNs
  }

  /// The exec of the command, and its end.
  func runCommand() {
    opened.withLock { opened in
      for index in opened.indices where opened[index].attribute.inherit == 1 { count(&opened[index]) }
    }
  }

  private func read(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    opened.withLock { opened in
      let event = opened[Int(descriptor)]
      if let answer = script.answer(event) { return answer }
      var words: [UInt64]
      if event.attribute.read_format & UInt64(PERF_FORMAT_GROUP.rawValue) != 0 {
        let members = opened.filter { $0.descriptor == descriptor || $0.leader == descriptor }
        words = [UInt64(members.count), event.enabledNs, event.runningNs]
        // In another order than they were opened in: the id says which is which.
        for member in members.reversed() { words += [member.count, UInt64(member.descriptor) + 1000] }
      } else {
        words = [event.count, event.enabledNs, event.runningNs, UInt64(descriptor) + 1000]
      }
      script.tamper(&words)
      let bytes = words.count * MemoryLayout<UInt64>.size
      guard bytes <= buffer.count else { return -Int(ENOSPC) }
      words.withUnsafeBytes { buffer.copyMemory(from: $0) }
      return bytes
    }
  }
}

/// Tables with events of a processor that does not exist.
enum ScriptedTables {
  static let codes: [String: UInt64] = ["INSTR": 0xC0, "CYC": 0x3C, "BR": 0xC4, "MISS": 0xC5]

  /// - Parameter types: the tables that fit the machine, and the type that their events carry.
  static func of(_ types: [String: UInt32]) -> EventTables {
    EventTables(
      models: { types.keys.sorted() },
      encode: { model, spelling, countsKernel in
        let isGeneric = model == CounterGroup.genericModel
        guard let code = codes[spelling], let type = isGeneric ? PERF_TYPE_HARDWARE.rawValue : types[model] else {
          throw EventError(description: "libpfm4 has no event \"\(spelling)\" for \(model)")
        }
        var attribute = perf_event_attr()
        attribute.type = type
        attribute.config = code
        attribute.exclude_kernel = countsKernel ? 0 : 1
        return EventTables.Encoding(attribute: attribute, name: "\(model)::\(spelling):u=1")
      })
  }

  static let plain = of(["fake": PERF_TYPE_RAW.rawValue])
}

/// Groups and machines for these tests.
enum CounterExamples {
  static func group(
    _ name: String = "ipc", events: [(String, String)] = [("instructions", "INSTR"), ("cycles", "CYC")],
    metrics: [(String, String)] = [
      ("counter_instructions", "instructions"), ("instructions_per_cycle", "instructions / cycles"),
      ("frequency_hz", "cycles / cpu_time"),
    ], models: [String] = ["fake"]
  ) throws -> CounterGroup {
    let formulas = try metrics.map { name, text in
      guard let metric = Metric.named(name) else { throw EventError(description: "no metric \(name)") }
      return CounterGroup.Formula(metric: metric, formula: try CounterFormula(text))
    }
    let asked = events.map { CounterGroup.Event(name: $0.0, spelling: $0.1, place: "x.toml:7") }
    return CounterGroup(
      name: name, summary: "A test.",
      entries: Dictionary(uniqueKeysWithValues: models.map { ($0, .counted(asked, formulas)) }))
  }

  static func branches() throws -> CounterGroup {
    try group(
      "branches", events: [("branches", "BR"), ("branch_misses", "MISS")],
      metrics: [("branch_miss_fraction", "branch_misses / branches")])
  }

  static func machine(_ answer: PerfProbe.Answer = .counts, root: String = "/nonexistent") -> Machine {
    Machine(files: SystemFiles(root: root), perf: PerfProbe { _ in answer })
  }

  /// What the loop of known length counts, and 1000 times the code for anything else.
  static let honest: @Sendable (ScriptedKernel.Opened) -> ScriptedKernel.Step = { event in
    switch event.attribute.config & 0xFF {
    case 0xC0: ScriptedKernel.Step(count: 2 * CounterPlausibility.iterations)
    case 0x3C: ScriptedKernel.Step(count: CounterPlausibility.iterations)
    default: ScriptedKernel.Step(count: 1000 * (event.attribute.config & 0xFF))
    }
  }
}

extension Counters {
  /// The meter before a scripted kernel.
  static func scripted(
    _ kernel: ScriptedKernel, groups: [CounterGroup], threads: [pid_t] = [], mode: CounterMode = .strict,
    tables: EventTables = ScriptedTables.plain, machine: Machine = CounterExamples.machine()
  ) -> Counters {
    Counters(
      machine: machine, groups: groups, target: .threads { threads }, mode: mode, tables: tables, kernel: kernel.calls)
  }

  /// A window around nothing, in a pass.
  func window(pass: Int = 0) throws -> MeterReadings {
    let window = try open(pass: pass)
    try window.begin()
    window.end()
    return window.readings()
  }
}

extension MeterReadings {
  func value(_ metric: String) -> Double? { values.first { $0.metric == metric }?.value }
  func count(_ event: String, on core: String? = nil) -> CounterRecord? {
    counters.first { $0.event == event && $0.coreType == core }
  }
}
