import Records
import Suites

/// What one letter measured.
public struct GateMeasurement: Sendable {
  /// Metric of a gate to its value.
  public var values: [String: Double]
  /// Ids of the warnings that veto the block.
  public let vetoes: [String]
  /// Iterations of the window.
  public let iterations: Int
  /// Wall time of the window.
  public let seconds: Double
  /// Tokens of the window.
  public let tokens: Double
  /// The record that the process wrote, for what it says of the machine and of its meters.
  public let record: RunRecord

  /// The CPUs of the threads.
  public var cpus: [Int]? { record.cells.first?.cpus }

  /// Energies by what they cover, from the most: the first that can be read is compared.
  static let energies = [
    "energy_cpu_mem_j_per_token", "energy_package_j_per_token", "energy_system_j_per_token",
    "energy_psys_j_per_token", "energy_battery_j_per_token",
  ]

  /// Reads the record of a letter.
  ///
  /// - Parameter iterations: how many it was told to do; nil where it chose itself.
  /// - Throws: `LetterFailure` for a cell that failed, `CellSkip` for one that cannot be run there.
  public init(_ record: RunRecord, of letter: GateLetter, by role: String, iterations: Int?) throws {
    guard record.cells.count == 1, let cell = record.cells.first else {
      throw LetterFailure("\(role) wrote a record of \(record.cells.count) cells, where one was asked for")
    }
    guard cell.id == letter.cell.id else {
      throw LetterFailure("\(role) ran the cell \(cell.id), where \(letter.cell.id) was asked for")
    }
    switch cell.outcome {
    case .skipped(let reason): throw CellSkip("\(role) skips it: \(reason)")
    case .failed(let reason): throw LetterFailure("\(role) failed: \(reason)")
    case .pending: throw LetterFailure("\(role) ended before its window")
    case .ok: break
    }
    guard let sample = cell.samples.last, let wallNs = sample.metrics["time_wall_ns"], wallNs > 0 else {
      throw LetterFailure("\(role) wrote a record without a wall time")
    }
    if let iterations, sample.iterations != iterations {
      throw LetterFailure(
        "\(role) did \(sample.iterations) iterations, where \(iterations) were asked for: it does not honour the "
          + "suite's key iterations, so that the sides would not do the same work")
    }
    guard let perIteration = cell.facts["tokens_per_iteration"], perIteration > 0 else {
      throw LetterFailure("\(role) does not say how many tokens an iteration has")
    }
    self.record = record
    self.iterations = sample.iterations
    tokens = perIteration * Double(sample.iterations)
    seconds = wallNs * 1e-9
    vetoes = sample.vetoes ?? []
    values = ["time_wall_ns_per_token": wallNs / tokens]
    if let energy = Self.energies.first(where: { sample.metrics[$0] != nil }) {
      values[energy] = sample.metrics[energy]
    }
    for name in ["counter_instructions", "counter_cycles"] {
      values["\(name)_per_token"] = sample.metrics[name].map { $0 / tokens }
    }
    if let bytes = cell.facts["bytes_per_iteration"] { values["proxy_weight_bytes_per_token"] = bytes / perIteration }
  }
}
