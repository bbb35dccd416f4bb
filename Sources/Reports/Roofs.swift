import Records
import Sinks
import Statistics

/// What the machine can do at all: rates that probes reached, of the record itself or of `tern probe` on its machine.
struct Roofs {
  /// One probe with one number of threads.
  struct Roof {
    /// "read", "int8", "fma".
    let probe: String
    /// "L2"; absent for main memory and registers.
    let place: String?
    let threads: Int
    /// The median of the repetitions, per second: bytes or multiply-accumulates.
    let rate: Double
  }

  let all: [Roof]
  /// The id of the record that they stand in where it is not the figure's own.
  let otherRecord: String?

  /// Takes the record's own probes, and without any those of the newest record of the same machine.
  init(_ record: RunRecord, beside probes: [RunRecord]) {
    let own = Self.roofs(of: record)
    let candidates = probes.filter { $0.machine.hostHash == record.machine.hostHash && $0.id != record.id }
    let other = candidates.max { $0.startedAt < $1.startedAt }
    let isOwn = own.contains { $0.place == nil } || other == nil
    all = isOwn ? own : other.map(Self.roofs) ?? []
    otherRecord = isOwn ? nil : other?.id
  }

  /// The roof of a probe with that many threads.
  func rate(_ probe: String, at place: String? = nil, threads: Int) -> Double? {
    all.first { $0.probe == probe && $0.place == place && $0.threads == threads }?.rate
  }

  private static func roofs(of record: RunRecord) -> [Roof] {
    record.cells.compactMap { cell in
      guard let probe = cell.phase.probeName, let rate = CellSummary(cell).rate?.median, rate > 0 else { return nil }
      // A float multiply-add counts as two operations and is one multiply-accumulate.
      let scale = probe == "fma" ? 0.5 : 1
      guard ["read", "int8", "fma"].contains(probe) else { return nil }
      return Roof(probe: probe, place: cell.phase.probePlace, threads: cell.threads, rate: rate * scale)
    }
  }
}
