import Records
import Statistics

/// One cell as a person reads it: the fields of the Markdown table and of the terminal's.
public struct ResultRow: Sendable, Equatable {
  /// The model's name, or "machine" for a probe.
  public var model: String
  /// The size of the weights in memory.
  public var size: String
  /// Parameters.
  public var parameters: String
  /// Bits per ternary weight.
  public var bitsPerWeight: String
  /// The kernel's id.
  public var kernel: String
  /// Worker threads.
  public var threads: String
  /// "free" or "pinned".
  public var placement: String
  /// The phase's label.
  public var phase: String
  /// The headline rate with its interval, without the unit.
  public var rate: String
  /// The unit of the rate: "t/s", "GB/s", "GMAC/s".
  public var unit: String
  /// Gross joules per token with their interval; nil where energy was not measured.
  public var energyPerToken: String?
  /// What part of the machine's ceiling the cell reaches; nil where no probe says.
  public var fractionOfCeiling: String?
  /// Why there is no rate, or what is wrong with it; nil when all is well.
  public var note: String?

  /// Puts a cell into words; `ceilings` are those of its record.
  public init(_ cell: CellRecord, ceilings: Ceilings? = nil) {
    let summary = CellSummary(cell)
    let (unit, scale) = Self.unit(of: summary.headline)
    model = cell.model?.name ?? (cell.phase.kind == .probe ? "machine" : Number.unknown)
    size = cell.facts["memory_weights_bytes"].map { ByteCount($0).description } ?? Number.unknown
    parameters = cell.model.map { Number.parameters($0.parameters) } ?? Number.unknown
    bitsPerWeight = cell.kernel?.bitsPerWeight.map(Number.bits) ?? Number.unknown
    kernel = cell.kernel?.id ?? Number.unknown
    threads = String(cell.threads)
    placement = cell.placement
    phase = cell.phase.label
    rate =
      summary.rate.map { rate in
        Number.withInterval(rate.mean * scale, halfWidth: rate.meanInterval.map { $0.halfWidth * scale })
      } ?? Number.unknown
    self.unit = unit
    energyPerToken = EnergyPerToken(cell).map { Number.withInterval($0.joules, halfWidth: $0.halfWidth) }
    fractionOfCeiling = ceilings?.fraction(of: cell).map { Number.threeDigits($0.ratio) }
    note = Self.note(of: cell, hasRate: summary.rate != nil)
  }

  /// Bytes, MACs and float operations are shown in billions.
  static func unit(of metric: Metric) -> (unit: String, scale: Double) {
    switch metric.unit {
    case "B/s": ("GB/s", 1e-9)
    case "MAC/s": ("GMAC/s", 1e-9)
    case "FLOP/s": ("GFLOP/s", 1e-9)
    default: (metric.unit, 1)
    }
  }

  private static func note(of cell: CellRecord, hasRate: Bool) -> String? {
    switch cell.outcome {
    case .skipped(let reason): return "skipped: \(reason)"
    case .failed(let reason): return "failed: \(reason)"
    case .pending: return hasRate ? "not finished" : "not run"
    case .ok: break
    }
    if cell.check?.passed == false { return "the output is not the expected one" }
    return hasRate ? nil : "no repetition has this rate"
  }
}
