import Harness
import Machine
import Meters
import Records
import Sinks

/// The energy of generating, where this machine lets it be read.
struct GenerationMeters {
  private let stack: MeterStack
  private let record: MeterRecord?

  /// Asks what can be read, which takes a moment where there is a source of energy.
  init(machine: Machine) {
    // Nobody asks here what an empty window costs.
    stack = MeterStack([Energy(machine: machine), WallClock()], overheadWindows: 0)
    record = stack.records.first { $0.id == "energy" }
  }

  /// Why no energy can be read, and what helps; nil where it can.
  var obstacle: String? {
    guard let record, !record.available else { return nil }
    return [record.reason, record.fix.map { "fix: \($0)" }].compactMap { $0 }.joined(separator: "; ")
  }

  /// Runs `body` inside a window, and gives what the window saw; nil where nothing can be read.
  func measure(_ body: () throws -> Void) throws -> WindowReadings? {
    guard obstacle == nil else {
      try body()
      return nil
    }
    let window = try stack.start()
    let result = Result { try body() }
    let readings = window.stop()
    try result.get()
    return readings
  }
}

/// The joules of reading a prompt, or of decoding.
struct GenerationEnergy: Encodable {
  /// `energy_package_j` and its like, those per token included.
  let metrics: [String: Double]
  /// Half of the 95 % interval of each.
  let halfWidths: [String: Double]
  /// What is missing, and why.
  let problems: [String]

  private enum CodingKeys: String, CodingKey {
    case metrics, problems
    case halfWidths = "half_widths"
  }

  init(_ readings: WindowReadings, tokens: Int) {
    let figures = EnergyFigures(metrics: readings.metrics, halfWidths: readings.halfWidths, tokens: tokens)
    metrics = figures.metrics
    halfWidths = figures.halfWidths
    problems = readings.problems.map { [$0.what, $0.reason].compactMap { $0 }.joined(separator: ": ") }
  }

  /// Why there is no energy per token, in words.
  var absence: String {
    problems.isEmpty
      ? "nothing that was read stands for the whole; --json has what there is" : problems.joined(separator: "; ")
  }

  /// "0.412 ± 0.003 J/token (package)"; nil where no joules can stand for the whole.
  var perToken: String? {
    guard let domain = EnergyMetric.headlines.first(where: { metrics[$0.perToken] != nil }) else { return nil }
    return metrics[domain.perToken].map { joules in
      "\(Number.withInterval(joules, halfWidth: halfWidths[domain.perToken])) J/token (\(domain.title))"
    }
  }
}
