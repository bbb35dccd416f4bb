import Foundation
import Records

/// A second machine for comparisons: SYNTHETIC TEST DATA, made by a rule from a record that was measured on another one.
///
/// It has the structure of a real record, the scatter of its repetitions, and speeds and joules that no machine ever
/// had. It says so itself, in its id, its machine's name and processor, and in a warning, and lies with the tests alone.
enum SyntheticMachine {
  static let name = "synthetic-server-0000"
  static let cores = 64
  /// What the warning of the record says, and with it every page that shows it.
  static let warning = WarningRecord(
    id: "W-synthetic", message: "Synthetic test data: every number is made by a rule, and no such machine exists.",
    fix: "use it in tests alone")

  /// The speed over the measured machine's: memory limits one vector at a time, arithmetic limits many.
  private static func speed(_ cell: CellRecord) -> Double {
    switch cell.phase.kind {
    case .probe: cell.phase.label == "probe:read" ? 11.5 : 26
    case .model: (cell.phase.generate ?? 0) > 0 ? 9.2 * (cell.kernel?.name == "f16" ? 1.1 : 1) : 22
    case .matrices, .head: 10
    }
  }

  /// Watts of the package: less where memory is waited for.
  private static func watts(_ cell: CellRecord) -> Double { (cell.phase.generate ?? 0) > 0 ? 268 : 341 }

  /// The record of the machine that does not exist, as its run of the same suite would be.
  static func record(from measured: RunRecord) -> RunRecord {
    var record = measured
    record.id = "synthetic-" + measured.id
    record.command = ["tern", "run", "synthetic test data"]
    record.machine = machine(measured.machine)
    record.warnings = [warning]
    record.meters =
      measured.meters.filter { $0.id != "energy" } + [
        MeterRecord(
          id: "energy", source: "powercap synthetic-rapl", scope: "package and memory", available: true,
          updateIntervalNs: 1_000_000)
      ]
    record.idlePower = [IdlePowerRecord.Moment.before, .after].map { moment in
      IdlePowerRecord(
        moment: moment, startedAt: measured.startedAt, windowNs: 30_000_000_000, powerW: ["energy_package_j": 96.4],
        halfWidthW: ["energy_package_j": 0.31])
    }
    record.cells = measured.cells.map(cell)
    return record
  }

  private static func machine(_ measured: MachineRecord) -> MachineRecord {
    var machine = measured
    machine.name = name
    machine.hostHash = String(repeating: "0", count: 16)
    machine.virtualization = nil
    machine.cpu.vendor = "Synthetic"
    machine.cpu.model = "Synthetic server CPU (test data, no such machine)"
    machine.cpu.microcode = nil
    (machine.cpu.sockets, machine.cpu.coresPhysical, machine.cpu.smt) = (2, cores, true)
    (machine.cpu.cpusUsable, machine.cpu.cpusOnline) = (2 * cores, 2 * cores)
    machine.cpu.isa = ["avx2", "fma", "f16c"]
    machine.caches = [
      CacheRecord(level: 1, type: "data", sizeBytes: 32 << 10, sharedByCpus: 2),
      CacheRecord(level: 2, type: "unified", sizeBytes: 1 << 20, sharedByCpus: 2),
      CacheRecord(level: 3, type: "unified", sizeBytes: 256 << 20, sharedByCpus: cores),
    ]
    machine.memoryTotalBytes = 512 << 30
    machine.memoryAvailableBytes = 498 << 30
    machine.numaNodes = [0, 1].map { node in
      NUMANodeRecord(
        id: node, cpus: Array(node * cores..<(node + 1) * cores), memoryTotalBytes: 256 << 30,
        distances: node == 0 ? [10, 21] : [21, 10])
    }
    machine.frequency = FrequencyRecord(driver: "acpi-cpufreq", governor: "performance", turbo: true)
    machine.settings["transparent_hugepage"] = "always"
    return machine
  }

  private static func cell(_ measured: CellRecord) -> CellRecord {
    var cell = measured
    cell.threads = cores
    cell.cpus = Array(0..<cores)
    cell.warnings = [warning.id]
    if measured.kernel?.isa?.hasPrefix("avx512") == true { cell.kernel?.isa = "avx2" }
    let kernel = measured.kernel.map(\.id) ?? ""
    cell.id = measured.id.replacing("/t\(measured.threads)/", with: "/t\(cores)/")
      .replacing(kernel.isEmpty ? "\n" : kernel, with: cell.kernel.map(\.id) ?? "")
    let speed = speed(measured)
    cell.samples = measured.samples.map { sample($0, of: measured, speed: speed) }
    if let breakdown = measured.timeBreakdown {
      func shorter(_ ns: Int) -> Int { Int(Double(ns) / speed) }
      cell.timeBreakdown?.timeByOperationNs = breakdown.timeByOperationNs.mapValues(shorter)
      cell.timeBreakdown?.timeWallNs = shorter(breakdown.timeWallNs) + 1
    }
    return cell
  }

  /// The repetition in less time, with the joules that it would have taken.
  private static func sample(_ measured: SampleRecord, of cell: CellRecord, speed: Double) -> SampleRecord {
    var sample = measured
    sample.vetoes = nil
    sample.problems = nil
    sample.metrics = [:]
    for (metric, value) in measured.metrics {
      // Round numbers, so that the file is the same wherever it is made.
      if metric.hasPrefix("rate_") {
        sample.metrics[metric] = digits(value * speed)
      } else if metric.hasSuffix("_ns") {
        sample.metrics[metric] = (value / speed).rounded()
      } else if metric.hasPrefix("memory_") || metric.hasPrefix("page_faults") {
        sample.metrics[metric] = value
      }
    }
    sample.tokenTimesNs = measured.tokenTimesNs?.map { Int(Double($0) / speed) }
    sample.windowsNs = measured.windowsNs?.mapValues { Int(Double($0) / speed) }
    guard let wall = sample.metrics["time_wall_ns"], let tokens = cell.phase.tokensPerIteration, tokens > 0 else {
      return sample
    }
    let joules = watts(cell) * wall * 1e-9
    let amount = Double(tokens * measured.iterations)
    sample.metrics["energy_package_j"] = digits(joules)
    sample.metrics["energy_package_j_per_token"] = digits(joules / amount)
    sample.metrics["energy_package_net_j_per_token"] = digits((joules - 96.4 * wall * 1e-9) / amount)
    sample.metrics["power_package_w"] = watts(cell)
    sample.metrics["rate_tokens_per_kwh"] = digits(3.6e6 * amount / joules)
    sample.halfWidths = ["energy_package_j_per_token": digits(0.004 * joules / amount)]
    return sample
  }

  /// Nine significant digits.
  private static func digits(_ value: Double) -> Double { Double(String(format: "%.9g", value)) ?? value }
}
