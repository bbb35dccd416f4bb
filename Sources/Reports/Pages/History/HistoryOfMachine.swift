import Charts
import Records
import Statistics

/// The runs of one suite on one machine, in the order of time.
struct HistoryOfMachine {
  let runs: [RunView]
  let series: [HistorySeries]
  let metric: Metric?

  /// Figures that are open, and figures in all; what is beyond is named, and its changes are in the table.
  private static let openFigures = 6
  private static let mostFigures = 24
  /// Panels of one figure.
  private static let mostPanels = 6

  init(_ records: [RunRecord], metric: Metric?) {
    self.metric = metric
    // Records of one second are in the order of their names.
    runs = records.sorted { ($0.startedAt, $0.id) < ($1.startedAt, $1.id) }.map { RunView($0, prefix: "h") }
    series = HistorySeries.all(runs, metric: metric)
  }

  /// "epyc-7b13-a1f3 · demo".
  var name: String { runs.last.map { "\($0.record.machine.name) · \($0.record.suite.name)" } ?? "" }

  /// The commit of a run: seven digits, a star where the tree had changes.
  func commit(_ run: Int) -> String { runs[run].commit }

  func date(_ run: Int) -> String { String(runs[run].record.startedAt.prefix(10)) }

  // MARK: Changes

  /// Every change, newest first.
  var changes: [(series: HistorySeries, change: ChangePoint)] {
    series.flatMap { one in (one.changes ?? []).map { (one, $0) } }
      .sorted { first, second in run(of: first) > run(of: second) }
  }

  private func run(of found: (series: HistorySeries, change: ChangePoint)) -> Int {
    found.series.points[found.change.position].run
  }

  func changesTable(id: String) -> Table? {
    let rows = changes.map { found -> [Table.Cell] in
      let (series, change) = found
      let unit = series.metric.unit
      return [
        .text(commit(run(of: found))), .text(date(run(of: found))), .text(series.subject), .text(series.name),
        .text(series.metric.name), .number(change.before) { "\(Self.amount($0, unit: unit))" },
        .number(change.after) { "\(Self.amount($0, unit: unit))" },
        .number((change.ratio - 1) * 100) { "\($0 < 0 ? "−" : "+")\(Format.significant(abs($0), digits: 2)) %" },
        .text(series.verdict(of: change)), .number(change.p) { Format.significant($0, digits: 1) },
      ]
    }
    guard !rows.isEmpty else { return nil }
    let metrics = RunView.distinct(changes.map(\.series.metric.name))
    let named = metrics.count == 1 ? " of \(metrics[0])" : ""
    return Table(
      id: id, caption: "Changes of level\(named), newest first",
      columns: [
        Table.Column("commit", "Commit", "The first run of the new level was built from it.", isNumeric: false),
        Table.Column("date", "Date", "When that run was started, UTC.", isNumeric: false),
        Table.Column("cell", "What", "Model and phase.", isNumeric: false),
        Table.Column("series", "Kernel", "Kernel, threads and placement.", isNumeric: false),
        Table.Column("metric", "Metric", "What was measured.", isNumeric: false),
        Table.Column("before", "Before", "The median of the runs of the level before."),
        Table.Column("after", "After", "The median of the runs of the level after."),
        Table.Column("change_percent", "Change", "The level after over the level before."),
        Table.Column("verdict", "Verdict", "By the direction of the metric.", isNumeric: false),
        Table.Column("p", "p", "How probable so clear a split is where nothing changed."),
      ], rows: rows, isInteractive: rows.count > 5
    ).without(metrics.count == 1 ? ["metric"] : [])
  }

  /// Rates in the unit that people say; everything else as it is.
  static func amount(_ value: Double, unit: String) -> String {
    switch unit {
    case "B/s": "\(Format.significant(value / 1e9)) GB/s"
    case "MAC/s": "\(Format.significant(value / 1e9)) GMAC/s"
    case "ns": Format.duration(ns: value)
    case "J": Format.joules(value)
    case "J/token": "\(Format.joules(value))/token"
    default: "\(Format.significant(value)) \(unit)"
    }
  }

  // MARK: The section

  func section(id: String) -> Document.Section {
    var blocks: [Document.Block] = [.prose(summary)]
    if let table = changesTable(id: "\(id)-changes") { blocks.append(.table(table)) }
    let groups = grouped
    let figures = groups.prefix(Self.mostFigures).compactMap { group in
      HistoryFigure(runs: self, series: group.series, subject: group.subject, prefix: id).figure
    }
    blocks += figures.prefix(Self.openFigures).map { .figure($0) }
    let folded = figures.dropFirst(Self.openFigures)
    if !folded.isEmpty {
      blocks.append(.folded("\(Format.count(folded.count, "more figure"))", folded.map { .figure($0) }))
    }
    var notes: [String] = []
    if groups.count > Self.mostFigures {
      let names = groups.dropFirst(Self.mostFigures).map(\.subject)
      notes.append(
        "Not drawn, but judged in the table above: \(names.joined(separator: ", ")). Draw them with --select.")
    }
    let alone = series.filter { $0.points.count == 1 }.count
    if alone > 0 {
      notes.append("\(Format.count(alone, "cell")) stand in one run only and have no line.")
    }
    if !notes.isEmpty { blocks.append(.notes(notes)) }
    return Document.Section(id: id, title: name, blocks: blocks)
  }

  private var summary: String {
    guard let first = runs.first?.record, let last = runs.last?.record else { return "" }
    let span = "\(first.startedAt.prefix(10)) to \(last.startedAt.prefix(10))"
    let lines = series.filter { $0.points.count > 1 }
    let judged = series.filter { $0.changes != nil }.count
    var text =
      "\(Format.count(runs.count, "run")) of \(first.suite.name) (sha256 \(first.suite.sha256.prefix(8))…), \(span)"
      + "; \(Format.count(lines.count, "line"))."
    if judged < lines.count {
      text +=
        " \(judged == 0 ? "None" : "\(judged)") of them can be judged: a change of level is told from chance with "
        + "\(ChangePoints.fewest) runs or more."
    }
    return text
  }

  /// The series of one model and phase, as one figure shows them: those with the most runs, one per kernel.
  private var grouped: [(subject: String, series: [HistorySeries])] {
    let lines = series.filter { $0.points.count > 1 }
    return RunView.distinct(lines.map(\.subject)).map { subject in
      let own = lines.filter { $0.subject == subject }
      let kernels = RunView.distinct(own.map(\.kernel))
      let best = kernels.compactMap { kernel in
        own.filter { $0.kernel == kernel }.max {
          ($0.points.count, $0.points.last?.value ?? 0) < ($1.points.count, $1.points.last?.value ?? 0)
        }
      }
      return (subject, Array(best.prefix(Self.mostPanels)))
    }
  }
}
