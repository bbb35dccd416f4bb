import CLinux
import Dispatch
import Foundation
import Glibc
import Machine
import Meters
import Records

// What a window costs: begin and end of energy zones and of events, with the system calls that a real window makes.
// `make bench-meters` prints it; a record holds the same of its own machine, per meter, as `overhead_ns`.
//
// The zones are files of a folder, for few machines have eight: what is left out is the time that the driver takes to
// answer (about a microsecond for RAPL). The events are the kernel's own, one descriptor each as for the hardware's,
// so that a machine without a PMU shows the cost of enabling, reading and disabling them.

/// The goal of the project's method, for eight zones and eight events together.
let goalNs = 20_000
/// An odd number has a middle; so many windows take a tenth of a second.
let windows = 2001

let root = FileManager.default.temporaryDirectory.appendingPathComponent("tern-meter-cost-\(getpid())").path
defer { try? FileManager.default.removeItem(atPath: root) }

func write(_ file: String, _ text: String) throws {
  let path = root + file
  try FileManager.default.createDirectory(
    atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
  try Data((text + "\n").utf8).write(to: URL(fileURLWithPath: path))
}

/// A machine of as many packages as zones, each with its counter.
func machine(zones: Int) throws -> Machine {
  try? FileManager.default.removeItem(atPath: root)
  let cpus = (0..<zones).map { "processor\t: \($0)\nvendor_id\t: GenuineIntel\nphysical id\t: \($0)\ncore id\t\t: 0\n" }
  try write("/proc/cpuinfo", cpus.joined(separator: "\n"))
  for zone in 0..<zones {
    let folder = "/sys/class/powercap/intel-rapl:\(zone)"
    try write("\(folder)/name", "package-\(zone)")
    try write("\(folder)/energy_uj", "\(1_000_000_000 + zone)")
    try write("\(folder)/max_energy_range_uj", "262143328850")
  }
  return Machine(sysfsRoot: root + "/sys", procfsRoot: root + "/proc")
}

/// Counts the zones up while a meter looks whether they move, as it does before it trusts them.
func availability(of meter: any Meter) -> Availability {
  let folder = root + "/sys/class/powercap"
  let files = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).map { "\(folder)/\($0)/energy_uj" }
  let isDone = DispatchSemaphore(value: 0)
  let hasStopped = DispatchSemaphore(value: 0)
  Thread.detachNewThread {
    let descriptors = files.map { open($0, O_WRONLY) }
    var value = 1_000_000_000
    // A step of 50 mJ every millisecond: 50 W, a package at work.
    while isDone.wait(timeout: .now() + 0.001) == .timedOut {
      value += 50_000
      let bytes = Array("\(value)\n".utf8)
      for descriptor in descriptors { pwrite(descriptor, bytes, bytes.count, 0) }
    }
    for descriptor in descriptors { close(descriptor) }
    hasStopped.signal()
  }
  defer {
    isDone.signal()
    hasStopped.wait()
  }
  return meter.availability()
}

/// A group of kernel events, each with a descriptor of its own, though some count the same.
func group(events: Int) throws -> CounterGroup {
  let names = [
    "TASK_CLOCK", "PAGE_FAULTS", "CONTEXT_SWITCHES", "CPU_MIGRATIONS", "PAGE_FAULTS_MIN", "PAGE_FAULTS_MAJ",
  ]
  let asked = (0..<events).map { event in
    CounterGroup.Event(name: "event_\(event)", spelling: "PERF_COUNT_SW_\(names[event % names.count])")
  }
  guard let metric = Metric.named("counter_cycles") else { throw MeterError("the schema has no counter_cycles") }
  let formula = CounterGroup.Formula(metric: metric, formula: try CounterFormula("event_0"))
  return CounterGroup(
    name: "kernel", summary: "Events of the kernel.",
    entries: [CounterGroup.genericModel: .counted(Array(asked), [formula])])
}

/// Nanoseconds of beginning and ending the meters together, sorted: opening and reading lie outside of every window.
func costs(_ meters: [any Meter]) throws -> [Int] {
  for meter in meters {
    if case .unavailable(let reason, let fix) = availability(of: meter) {
      throw MeterError("\(meter.id): \(reason)\nFix: \(fix)")
    }
  }
  var costs: [Int] = []
  for _ in 0..<windows {
    let open = try meters.map { try $0.open(pass: 0) }
    let start = clinux_monotonic_raw_ns()
    for meter in open { try meter.begin() }
    for meter in open.reversed() { meter.end() }
    costs.append(Int(clinux_monotonic_raw_ns() &- start))
    // Closing descriptors is no part of a window.
    withExtendedLifetime(open) {}
  }
  return costs.sorted()
}

func line(_ name: String, _ costs: [Int]) {
  let place = { (fraction: Double) in Double(costs[Int(fraction * Double(costs.count - 1))]) / 1000 }
  print(
    name.padding(toLength: 26, withPad: " ", startingAt: 0)
      + String(format: "%8.2f %8.2f %8.2f", place(0.5), place(0.1), place(0.9)))
}

do {
  print("begin and end, in µs        median      10%      90%")
  for count in [1, 2, 4, 8] {
    line("\(count) zones", try costs([Energy(machine: try machine(zones: count))]))
  }
  for count in [1, 2, 4, 8] {
    line("\(count) events", try costs([Counters(machine: Machine(), groups: [try group(events: count)])]))
  }
  let both = try costs([
    Energy(machine: try machine(zones: 8)), Counters(machine: Machine(), groups: [try group(events: 8)]),
  ])
  line("8 zones and 8 events", both)
  let share = Double(both[both.count / 2]) / Double(goalNs)
  print(String(format: "that is %.2f of the %d µs that are the goal; %d windows each", share, goalNs / 1000, windows))
} catch {
  FileHandle.standardError.write(Data("\(error)\n".utf8))
  exit(1)
}
