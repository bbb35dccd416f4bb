import Foundation
import Records
import Sinks

/// A record on a terminal: its question and prose, the table, and what to know before trusting it.
struct TableView {
  let record: RunRecord
  let width: Int
  let style: Style
  private let ceilings: Ceilings

  init(record: RunRecord, width: Int, style: Style) {
    self.record = record
    self.width = width
    self.style = style
    ceilings = Ceilings(record)
  }

  /// The text, as bytes for stdout.
  func render() throws -> Data {
    Data([heading, table, notes].filter { !$0.isEmpty }.joined(separator: "\n").utf8)
  }

  private var heading: String {
    let machine = record.machine
    let commit = record.tool.commit.map { " (\($0.prefix(7)))" } ?? ""
    let first = "tern \(record.tool.version)\(commit)  \(machine.cpu.model), \(machine.cpu.coresPhysical) cores"
    var lines = [style.bold(first)]
    if let question = record.suite.question { lines += Prose.wrapped(question, width: width) }
    if record.status != .complete {
      lines.append(style.warning("This record is \(record.status.rawValue), not complete."))
    }
    if let shard = record.schedule.shard {
      lines.append("Shard \(shard.label): \(record.cells.count) of the suite's \(shard.cellsTotal) cells.")
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private var table: String {
    let rows = record.cells.map { ResultRow($0, ceilings: ceilings) }
    let hasFractions = rows.contains { $0.fractionOfCeiling != nil }
    let hasEnergy = rows.contains { $0.energyPerToken != nil }
    // One unit for the whole column where there is one; a column of its own where probes stand among models.
    let units = Set(rows.map(\.unit))
    let single = units.count == 1 ? units.first! : "rate"
    return TextTable(
      columns: [
        .left("model", .essential), .left("kernel", .essential), .right("bpw", .minor), .right("threads"),
        .left("placement", .minor), .left("phase", .essential), .right(single, .essential),
      ] + (hasEnergy ? [.right("J/token")] : []) + (hasFractions ? [.right("of ceiling")] : []) + [.left("check")],
      rows: zip(rows, record.cells).map { row, cell in
        [
          row.model, row.kernel, row.bitsPerWeight, row.threads, row.placement, row.phase,
          units.count == 1 || row.rate == Number.unknown ? row.rate : "\(row.rate) \(row.unit)",
        ] + (hasEnergy ? [row.energyPerToken ?? Number.unknown] : [])
          + (hasFractions ? [row.fractionOfCeiling ?? Number.unknown] : []) + [verdict(cell)]
      }
    ).render(width: width)
  }

  private func verdict(_ cell: CellRecord) -> String {
    switch cell.outcome {
    case .ok where cell.isVetoed: "vetoed"
    case .ok: warned(cell) == 0 ? "ok" : "ok, \(warned(cell)) warned"
    case .pending: "not run"
    case .skipped: "skipped"
    case .failed: "failed"
    }
  }

  /// How many warnings the cell has that weigh more than a note.
  private func warned(_ cell: CellRecord) -> Int {
    cell.warnings.filter { record.warning($0)?.severity != .note }.count
  }

  private var notes: String {
    var lines: [String] = []
    for cell in record.cells {
      if let reason = cell.outcome.reason {
        lines += Prose.wrapped("\(cell.outcome.state)  \(cell.id): \(reason)", width: width)
      }
    }
    let vetoed = record.cells.filter(\.isVetoed)
    if !vetoed.isEmpty {
      let ids = Set(vetoed.flatMap(\.vetoes)).sorted().joined(separator: ", ")
      lines += Prose.wrapped(
        "vetoed  \(vetoed.count) of \(record.cells.count) cells (\(ids)): the numbers stand, and no verdict rests on "
          + "them. --allow accepts an id.", width: width)
    }
    if let note = EnergyPerToken.explanation(of: record) { lines += Prose.wrapped(note, width: width) }
    if record.cells.contains(where: { ceilings.fraction(of: $0) != nil }) {
      lines += Prose.wrapped(Ceilings.explanation, width: width)
    }
    let repetitions = Set(record.cells.filter { $0.outcome == .ok }.map(\.samples.count)).sorted()
    if !repetitions.isEmpty {
      let count = repetitions.map(String.init).joined(separator: " or ")
      let meaning =
        repetitions == [1]
        ? "One repetition: no interval can be given."
        : "Mean of \(count) repetitions ± half of its 95 % interval (Student's t), \(record.schedule.order)."
      lines += Prose.wrapped(meaning, width: width)
    }
    for warning in record.warnings where warning.severity != .note {
      lines += Prose.wrapped("\(warning.id)  \(warning.message)", width: width).map(style.warning)
    }
    return lines.map { $0 + "\n" }.joined()
  }
}
