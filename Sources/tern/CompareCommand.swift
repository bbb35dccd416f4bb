import ArgumentParser
import Compare
import Foundation
import Records
import Sinks

/// `tern compare A B`: two records side by side, cell by cell.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Set two records of one suite side by side, cell by cell.",
    discussion: """
      A record is named by its path, by latest, by a baseline (tern compare --save-baseline NAME RECORD keeps one as
      Results/baselines/NAME.json), or by a git revision: the newest record of that commit.

      Shown are ratios, head over base, with their 95 % intervals. A comparison is no verdict: the records are of two
      runs, and what changed on the machine between them is in the ratios. The status is 0 whatever is found, and 5
      where a record is not found. tern gate runs both programs in turn and decides.
      """)

  @Argument(help: "The base's record and the head's; with --save-baseline one record.")
  var records: [String] = []

  @Option(help: "Compare this metric, as in energy_package_j_per_token; may be repeated.")
  var metric: [String] = []

  @Flag(name: .customLong("cross-machine"), help: "Compare records of different machines all the same.")
  var crossMachine = false

  @Flag(help: "Write JSON.")
  var json = false

  @Flag(help: "Write Markdown.")
  var markdown = false

  @Option(name: .customLong("save-baseline"), help: "Keep one record under this name instead of comparing.")
  var baseline: String?

  @Option(name: .customLong("results"), help: "The folder that records are looked for in.")
  var folder = "Results"

  @Option(help: "Columns to fit the table into (default: the terminal's, or 80).")
  var width: Int?

  @OptionGroup var options: OutputOptions

  func validate() throws {
    if json, markdown { throw ValidationError("--json and --markdown are two formats: ask for one at a time") }
    guard baseline == nil else {
      guard records.count <= 1 else { throw ValidationError("--save-baseline keeps one record, not \(records.count)") }
      return
    }
    guard records.count == 2 else {
      throw ValidationError("two records are compared, base and head, as in: tern compare main latest")
    }
    for name in metric where Metric.named(name) == nil {
      let near = NearestName.of(name, in: Metric.all.map(\.name)).map { "; did you mean \($0)?" } ?? ""
      throw ValidationError("--metric \(name): records know no such metric\(near)")
    }
  }

  func run() throws {
    let finder = RecordFinder(results: ResultsFolder(path: folder))
    do {
      if let baseline {
        Console.line(try finder.save(try finder.one(records.first ?? "latest"), asBaseline: baseline))
      } else {
        try compare(try finder.pair(records[0], records[1]))
      }
    } catch let missing as RecordFinder.NotFound {
      Console.note("\(missing)")
      throw ExitStatus.baselineNotFound
    }
  }

  private func compare(_ pair: (base: RecordFinder.Found, head: RecordFinder.Found)) throws {
    let metrics = metric.compactMap(Metric.named)
    let comparison = try RecordComparison(
      base: pair.base.record, head: pair.head.record, crossMachine: crossMachine
    ) { cell in
      guard metrics.isEmpty else { return metrics }
      let energies = EnergyMetric.headlines.map(\.perToken).filter { !cell.values(of: $0).isEmpty }.prefix(1)
      return [CellSummary(cell).headline] + energies.compactMap(Metric.named)
    }
    let view = CompareView(comparison: comparison, base: pair.base, head: pair.head)
    if json {
      try Console.json(view.document)
    } else if markdown {
      Console.text(view.markdown)
    } else {
      Console.text(view.text(width: width ?? Console.width, style: options.color.stdout))
    }
  }
}
