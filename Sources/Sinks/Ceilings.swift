import Records
import Statistics

/// The ceilings that a record probed, and what part of them its cells reach.
///
/// A cell is held against the probe of the same threads and placement, repetition by repetition: in an interleaved run
/// those are of one round, so that a slow moment of the machine counts on both sides. Where no such probe ran, or
/// nothing bounds the cell, there is no fraction.
public struct Ceilings: Sendable {
  /// What bounds a cell.
  public enum Kind: String, Sendable {
    /// Reading every weight once per token: bytes per second over what memory gives.
    case read = "probe:read"
    /// Multiplying: multiply-accumulates of the ternary matrices per second over what registers give.
    case int8 = "probe:int8"

    /// The probe's rate, and the cell's where a sample has it.
    public var metric: String { self == .read ? "rate_bytes_per_s" : "rate_macs_per_s" }

    /// One vector is bound by memory, many are by arithmetic; nil for what is neither: both phases in one window, many
    /// vectors through a float head, and the probes themselves.
    public init?(bounding phase: PhaseRecord) {
      switch phase.kind {
      case .matrices: self = (phase.batch ?? 1) > 1 ? .int8 : .read
      case .head where (phase.batch ?? 1) == 1: self = .read
      case .model where (phase.prompt ?? 0) == 0: self = .read
      case .model where (phase.generate ?? 0) == 0: self = .int8
      case .head, .model, .probe: return nil
      }
    }
  }

  private struct Key: Hashable {
    let probe: String
    let threads: Int
    let placement: String
  }

  /// The rates of each probe by repetition.
  private let rates: [Key: [Int: Double]]

  /// What stands below a table that shows fractions.
  public static let explanation =
    "Of ceiling: bytes per second over probe:read for one vector, ternary products per second over probe:int8 for many, "
    + "typical over the rounds."

  /// Collects the probes of a record.
  public init(_ record: RunRecord) {
    let probes = record.cells.filter { $0.phase.kind == .probe && $0.outcome.reason == nil }
    rates = Dictionary(
      probes.compactMap { cell in
        guard let kind = Kind(rawValue: cell.phase.label) else { return nil }
        let values = cell.samples.compactMap { sample in sample.metrics[kind.metric].map { (sample.repetition, $0) } }
        let key = Key(probe: cell.phase.label, threads: cell.threads, placement: cell.placement)
        return (key, Dictionary(values, uniquingKeysWith: { first, _ in first }))
      }, uniquingKeysWith: { first, _ in first })
  }

  /// The typical fraction of a cell's ceiling over its repetitions, with its interval; nil for a cell without a ceiling,
  /// without a probe, or without a right output.
  public func fraction(of cell: CellRecord) -> PairedRatio? {
    let pairs = cell.samples.compactMap { pair(of: $0, in: cell) }
    return PairedRatio(pairs.map(\.own), over: pairs.map(\.ceiling))
  }

  /// The fraction of one repetition.
  public func fraction(of sample: SampleRecord, in cell: CellRecord) -> Double? {
    pair(of: sample, in: cell).map { $0.own / $0.ceiling }
  }

  private func pair(of sample: SampleRecord, in cell: CellRecord) -> (own: Double, ceiling: Double)? {
    guard cell.outcome.reason == nil, cell.check?.passed != false, let kind = Kind(bounding: cell.phase) else {
      return nil
    }
    let key = Key(probe: kind.rawValue, threads: cell.threads, placement: cell.placement)
    guard let ceiling = rates[key]?[sample.repetition], let own = Self.rate(kind, of: sample, in: cell),
      own > 0, ceiling > 0, (own / ceiling).isFinite
    else { return nil }
    return (own, ceiling)
  }

  /// A prompt's rate holds the float head of its last position too, which is no int8 product: it is counted anew from
  /// the ternary weights, all of which every token meets unless the record says otherwise.
  private static func rate(_ kind: Kind, of sample: SampleRecord, in cell: CellRecord) -> Double? {
    guard kind == .int8, cell.phase.kind == .model else { return sample.metrics[kind.metric] }
    guard let model = cell.model, let prompt = cell.phase.prompt, let wallNs = sample.metrics["time_wall_ns"],
      wallNs > 0
    else { return nil }
    let products = cell.facts["ternary_macs_per_iteration"] ?? Double(model.ternaryParameters) * Double(prompt)
    return products * Double(sample.iterations) / (wallNs * 1e-9)
  }
}
