import Records
import Sinks
import Statistics

/// Answers "can I trust this?": what did not run, what was warned of, how noisy it was, what could not be read.
struct TrustCard {
  /// Cells with the same fate for the same reason.
  struct Fate {
    let state: String
    let count: String
    let reason: String
    let cells: [String]
  }

  /// A warning with the cells that it concerns.
  struct Warning {
    let id: String
    let message: String
    let fix: String?
    let scope: String?
  }

  /// A meter that could not be read.
  struct Missing {
    let id: String
    let source: String
    let reason: String
    let fix: String?
  }

  /// A line of facts: "11 of 14 cells ran".
  struct Fact {
    let value: String
    let name: String
  }

  let facts: [Fact]
  let status: String?
  let fates: [Fate]
  let wrong: [String]
  let warnings: [Warning]
  let missing: [Missing]
  let noisiest: String?
  let meters: String

  init(_ run: RunView) {
    facts = Self.facts(of: run)
    status = Self.status(of: run.record)
    fates = Self.fates(of: run.record.cells)
    wrong = run.record.cells.filter { $0.check?.passed == false }.map(\.id)
    warnings = Self.warnings(of: run.record)
    missing = run.record.meters.filter { !$0.available }.map {
      Missing(id: $0.id, source: $0.source, reason: $0.reason ?? "no reason was recorded", fix: $0.fix)
    }
    noisiest = Self.noisiest(of: run)?.html
    meters = Self.meters(of: run).html
  }

  // MARK: In short

  private static func facts(of run: RunView) -> [Fact] {
    let cells = run.record.cells
    var facts = [Fact(value: "\(cells.filter { $0.outcome == .ok }.count) of \(cells.count)", name: "cells ran")]
    let variations = run.measured.compactMap(\.variation).sorted()
    if let middle = variations.median {
      facts.append(Fact(value: Format.percent(middle), name: "median variation between repetitions"))
    }
    if let overhead = run.record.overhead, overhead.timeTotalNs > 0, overhead.timeHarnessNs >= 0 {
      let share = Double(overhead.timeHarnessNs) / Double(overhead.timeTotalNs)
      facts.append(Fact(value: Format.percent(share), name: "of the time was harness overhead"))
    }
    let checks = cells.compactMap { $0.check?.passed }
    if !checks.isEmpty {
      facts.append(Fact(value: "\(checks.filter(\.self).count) of \(checks.count)", name: "checked outputs were right"))
    }
    let vetoed = cells.filter(\.isVetoed).count
    if vetoed > 0 {
      facts.append(Fact(value: "\(vetoed) of \(cells.count)", name: "cells were vetoed by the environment"))
    }
    facts.append(
      Fact(value: String(run.record.warnings.count), name: run.record.warnings.count == 1 ? "warning" : "warnings"))
    return facts
  }

  private static func status(of record: RunRecord) -> String? {
    switch record.status {
    case .complete: nil
    case .interrupted: "The run was interrupted. The finished cells are valid; the others were not run."
    case .running: "The run has not finished, or ended without a word: this record is partial."
    }
  }

  // MARK: Lists

  private static func fates(of cells: [CellRecord]) -> [Fate] {
    let unfinished = cells.filter { $0.outcome != .ok }
    return ["failed", "skipped", "pending"].flatMap { state -> [Fate] in
      let own = unfinished.filter { $0.outcome.state == state }
      let reasons = RunView.distinct(own.map { $0.outcome.reason ?? "not run yet" })
      return reasons.map { reason in
        let ids = own.filter { ($0.outcome.reason ?? "not run yet") == reason }.map(\.id)
        // A plan of ten thousand cells that did not fit names some; the table of all results has every one.
        let more = ids.count > 100 ? ["and \(ids.count - 100) more"] : []
        return Fate(
          state: state, count: Format.count(ids.count, "cell"), reason: reason, cells: Array(ids.prefix(100)) + more)
      }
    }
  }

  private static func warnings(of record: RunRecord) -> [Warning] {
    record.warnings.map { warning in
      let concerned = record.cells.filter { $0.warnings.contains(warning.id) }.count
      let scope = concerned == 0 || concerned == record.cells.count ? nil : Format.count(concerned, "cell")
      return Warning(id: warning.id, message: warning.message, fix: warning.fix, scope: scope)
    }
  }

  // MARK: Tables

  /// The five cells that vary most; `nil` where nothing was repeated.
  private static func noisiest(of run: RunView) -> Table? {
    let varied = run.measured.compactMap { view in view.variation.map { (view, $0) } }
    guard !varied.isEmpty else { return nil }
    let worst = varied.sorted { ($1.1, $0.0.cell.id) < ($0.1, $1.0.cell.id) }.prefix(5)
    return Table(
      id: "\(run.prefix)-noisiest", caption: "The cells that vary most",
      columns: [
        Table.Column("cell", "Cell", "The cell's id.", isNumeric: false),
        Table.Column("variation_percent", "Variation", "Standard deviation over mean of the repetitions."),
        Table.Column("repetitions", "n", "Repetitions."),
      ],
      rows: worst.map { view, variation in
        [
          .text(view.cell.id), .number(variation * 100) { _ in Format.percent(variation) },
          .number(Double(view.cell.samples.count)) { String(Int($0)) },
        ]
      })
  }

  private static func meters(of run: RunView) -> Table {
    Table(
      id: "\(run.prefix)-meters", caption: "Every meter that was asked for",
      columns: [
        Table.Column("meter", "Meter", "The meter's id.", isNumeric: false),
        Table.Column("source", "Source", "What is read.", isNumeric: false),
        Table.Column("scope", "Scope", "What the numbers cover.", isNumeric: false),
        Table.Column("state", "State", "Whether it could be read.", isNumeric: false),
        Table.Column("resolution_ns", "Resolution", "The smallest step of the source."),
        Table.Column("overhead_ns", "Overhead", "The median cost of starting and stopping it around nothing."),
      ],
      rows: run.record.meters.map { meter in
        [
          .text(meter.id), .text(meter.source), meter.scope.map { .text($0) } ?? .absent,
          .text(meter.available ? "read" : "not available"),
          .number(meter.resolutionNs.map(Double.init)) { Format.duration(ns: $0) },
          .number(meter.overheadNs.map(Double.init)) { Format.duration(ns: $0) },
        ]
      }
    ).withoutEmptyColumns()
  }
}
