import Records

@testable import Reports

/// Records of several machines, from one rule.
enum SeveralRuns {
  /// A machine twice as fast with twice the cores, and the first one.
  static func machines() throws -> [RunRecord] {
    let first = try SyntheticRun().record()
    var fast = SyntheticRun()
    fast.kernels = [("f16@avx2", 2), ("naive@portable", 0.4), ("simd@avx2", 8.8)]
    var second = try fast.record()
    second.machine.name = "epyc-9999-beef"
    second.machine.hostHash = "beefbeefbeefbeef"
    second.machine.cpu.model = "AMD EPYC 9999"
    second.machine.cpu.coresPhysical = 8
    return [first, second]
  }

  /// Gives every repetition of a model the energy of a package at 50 W.
  static func withEnergy(_ record: RunRecord) -> RunRecord {
    var record = record
    record.meters = [
      MeterRecord(id: "energy", source: "powercap intel-rapl", scope: "package", available: true)
    ]
    for cell in record.cells.indices where record.cells[cell].phase.kind == .model {
      for sample in record.cells[cell].samples.indices {
        guard let rate = record.cells[cell].samples[sample].metrics["rate_tokens_per_s"] else { continue }
        record.cells[cell].samples[sample].metrics["energy_package_j_per_token"] = 50 / rate
      }
    }
    return record
  }

  /// One model, two kernels, and the probes: a history takes its cells times its runs.
  static var small: SyntheticRun {
    var run = SyntheticRun()
    run.models.removeLast()
    run.kernels.remove(at: 1)
    run.threads = [2]
    return run
  }

  /// Twenty runs of ten commits; from the eleventh on everything is faster by the factor.
  static func history(step: Double) throws -> [RunRecord] {
    let base = try small.record()
    return (0..<20).map { day in
      var record = base
      record.startedAt = "2026-01-\(day < 9 ? "0" : "")\(day + 1)T03:04:05Z"
      record.id = "run-\(day)"
      record.tool.commit = "c0ffee\(day / 2)"
      for cell in record.cells.indices {
        for sample in record.cells[cell].samples.indices {
          let noise = 1 + 0.002 * Double((day * 7 + sample) % 5 - 2)
          for key in record.cells[cell].samples[sample].metrics.keys where key.hasPrefix("rate_") {
            record.cells[cell].samples[sample].metrics[key]? *= noise * (day < 10 ? 1 : step)
          }
        }
      }
      return record
    }
  }
}
