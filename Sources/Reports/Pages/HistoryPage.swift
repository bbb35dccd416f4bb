import Charts
import Records
import Statistics

/// Runs of many commits: lines per machine and suite, with the commits at which a level changed.
public enum HistoryPage {
  /// Renders the page as HTML.
  ///
  /// Runs are put on one line where machine, suite (letter by letter) and weights are the same; nothing else is joined.
  ///
  /// - Parameters:
  ///   - records: The runs, in any order.
  ///   - metric: The metric to follow; nil is the headline of each phase, such as tokens per second.
  ///   - command: The command line that makes the page, program name first; printed in the footer.
  ///   - problems: What was asked for and could not be read; named on the page.
  /// - Throws: `ReportError.noRecords` for an empty list, `ReportError.template` where a template cannot be read.
  public static func render(
    records: [RunRecord], metric: Metric? = nil, command: [String], problems: [PageProblem] = []
  ) throws -> String {
    try document(records: records, metric: metric, problems: problems).html(command: command)
  }

  /// Renders the page as Markdown.
  ///
  /// - Throws: `ReportError.noRecords` for an empty list.
  public static func markdown(
    records: [RunRecord], metric: Metric? = nil, command: [String], problems: [PageProblem] = []
  ) throws -> String {
    try document(records: records, metric: metric, problems: problems).markdown(command: command)
  }

  static func document(records: [RunRecord], metric: Metric?, problems: [PageProblem]) throws -> Document {
    guard !records.isEmpty else { throw ReportError.noRecords }
    let groups = grouped(records)
    let histories = groups.filter { $0.count > 1 }.map { HistoryOfMachine($0, metric: metric) }
    let alone = groups.filter { $0.count == 1 }.map { group in
      PageProblem(
        subject: group[0].id,
        reason: "It is the only run of \(group[0].suite.name) (sha256 \(group[0].suite.sha256.prefix(8))…) on "
          + "\(group[0].machine.name): a line needs two. A suite that was edited begins a new line.")
    }
    let unmeasured = histories.filter(\.series.isEmpty).map { nothing(in: $0, metric: metric) }
    let drawn = histories.filter { !$0.series.isEmpty }
    return Document(
      title: "History of \(Format.count(Set(records.map(\.machine.name)).count, "machine"))",
      eyebrow: "\(Format.count(records.count, "run")), "
        + "\(Format.count(Set(records.compactMap(\.tool.commit)).count, "commit"))",
      answer: answer(drawn), problems: problems + alone + unmeasured,
      sections: drawn.enumerated().map { index, history in history.section(id: "h\(index + 1)") } + [method])
  }

  /// Runs by machine and suite, in the order in which machines first occur.
  private static func grouped(_ records: [RunRecord]) -> [[RunRecord]] {
    func key(_ record: RunRecord) -> [String] {
      [record.machine.name, record.machine.hostHash, record.suite.name, record.suite.sha256, String(record.schema)]
    }
    let groups = Dictionary(grouping: records, by: key)
    return RunView.distinct(records.map(key)).sorted { $0.lexicographicallyPrecedes($1) }.compactMap { groups[$0] }
  }

  private static func nothing(in history: HistoryOfMachine, metric: Metric?) -> PageProblem {
    guard let metric else {
      return PageProblem(subject: history.name, reason: "No cell of these runs finished, so there is nothing to draw.")
    }
    let isEnergy = metric.name.contains("energy") || metric.name.contains("power") || metric.name.contains("kwh")
    let meter = history.runs.last?.record.meters.first { $0.id == (isEnergy ? "energy" : "counters") && !$0.available }
    let reason = meter.map { " The meter \($0.id) could not be read: \($0.reason ?? "no reason was recorded")" } ?? ""
    return PageProblem(
      subject: metric.name,
      reason: "Nobody measured it in the \(Format.count(history.runs.count, "run")) of \(history.name).\(reason)")
  }

  private static func answer(_ histories: [HistoryOfMachine]) -> [String] {
    let changes = histories.flatMap { history in history.changes.map { (history, $0.series, $0.change) } }
    let judged = histories.flatMap(\.series).filter { $0.changes != nil }.count
    guard judged > 0 else {
      return [
        "No line is long enough to tell a change of level from chance: that takes \(ChangePoints.fewest) runs of one "
          + "suite on one machine."
      ]
    }
    guard !changes.isEmpty else {
      return ["No level changed in \(Format.count(judged, "line")) of \(ChangePoints.fewest) runs or more."]
    }
    let largest = changes.max { abs($0.2.ratio - 1) < abs($1.2.ratio - 1) }
    let example = largest.map { history, series, change in
      let commit = history.commit(series.points[change.position].run)
      return " The largest: \(series.subject) with \(series.name) became "
        + "\(Format.change(change.ratio - 1)) (\(series.verdict(of: change))) at \(commit)."
    }
    return [
      "\(Format.count(changes.count, "change")) of level in \(Format.count(judged, "line")).\(example ?? "")"
    ]
  }

  private static var method: Document.Section {
    Document.Section(
      id: "method", title: "How changes are found",
      blocks: [
        .prose(
          "The logarithms of the medians are cut where the means of both sides differ most, and again within the parts. "
            + "A cut counts where fewer than one in a thousand shuffles of the runs, in blocks of neighbours, show one "
            + "as clear at any place, where two runs or more stand on both sides, and where the medians differ by more "
            + "than 1 %. With fewer than \(ChangePoints.fewest) runs no cut can pass, and two opposite changes soon after "
            + "one another can hide each other until more runs have followed: the test is slow to speak, and seldom wrong."
        ),
        .prose(
          "A change of level says that something changed between two runs: the program, the machine's settings, its "
            + "kernel or its neighbours. Runs of different days are not paired; before a commit is blamed, measure both "
            + "commits interleaved on one machine."),
      ])
  }
}
