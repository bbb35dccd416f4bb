import ArgumentParser
import Foundation
import Harness
import Machine
import Meters
import Records
import Sinks
import Suites

/// `tern run SUITE`: measures a suite and leaves a record.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Measure a suite and write its record.",
    discussion: """
      The record is written before the first cell and after every repetition, so Ctrl-C or a crash loses nothing that
      was finished; --resume continues it. The table goes to stdout, progress and warnings to stderr.
      """)

  @Argument(help: "A suite file, or the name of one in Suites/.")
  var suite: String?

  @Option(name: [.customShort("o"), .long], help: "The folder of records.")
  var output = "Results"

  @Option(help: "Continue this interrupted record instead of starting a new one.")
  var resume: String?

  @Option(
    help: "Only one part of the cells: 2/3 is the second of three. Every cell is in one, whatever machine asks.",
    transform: { try Shard($0) })
  var shard: Shard?

  @Flag(help: "Print the cells and an estimate of the time; run nothing.")
  var dryRun = false

  @Option(name: .customLong("export"), help: "Also write FORMAT:PATH, for example csv:speed.csv. May be repeated.")
  var exports: [ExportTarget] = []

  @Option(name: .customLong("allow"), help: "Accept a warning by its id and do not print it. May be repeated.")
  var allowed: [String] = []

  @Option(name: .customLong("veto"), help: "Let a warning veto the repetitions that it meets. May be repeated.")
  var vetoing: [String] = []

  @Flag(help: "Exit with 3 where the environment vetoed a cell in every try.")
  var strict = false

  @Option(name: .customLong("require"), help: "Exit with 6 unless this meter can be read. May be repeated.")
  var required: [String] = []

  @OptionGroup var options: OutputOptions

  func validate() throws {
    if (suite == nil) == (resume == nil) { throw ValidationError("name a suite, or --resume a record, not both") }
    if shard != nil, resume != nil {
      throw ValidationError("--shard belongs to a new run: the record that --resume continues knows its own")
    }
    for meter in required where !MeterCatalog.ids.contains(meter) {
      throw ValidationError("--require \(meter): meters are \(MeterCatalog.ids.joined(separator: ", "))")
    }
  }

  func run() throws {
    let machine = Machine()
    if let forced = ModelOptions.forcedKernel, resume == nil {
      try ModelOptions.refuseUnavailable([forced], flag: "TERN_KERNEL", in: .current(machine: machine))
    }
    let resumed = try resume.map { try RecordFile.read($0) }
    let plan = try Plan(suite: try loadSuite(resumed), machine: machine).part(shard, resuming: resumed)
    for target in exports where target.path != "-" { try OutputFile.requireWritable(target.path) }
    if dryRun { return DryRun.show(plan, style: options.color.stdout) }

    plan.sayShard(isQuiet: options.quiet)
    var sweep = Sweep(
      plan: plan, machine: machine, style: options.color.stderr, isQuiet: options.quiet,
      policy: WarningPolicy(allowed: Set(allowed), vetoing: Set(vetoing)),
      required: required)
    let record = try sweep.run(to: .folder(output), continuing: resumed, at: resume)
    Console.data(try TableView(record: record, width: Console.width, style: options.color.stdout).render())
    for target in exports { try target.write([record]) }
    try sweep.end(record, isStrict: strict)
  }

  /// The suite of a file, or the one that an interrupted record holds.
  private func loadSuite(_ resumed: RunRecord?) throws -> Suite {
    if let resumed { return try SuiteDecoder.decode(text: resumed.suite.text, path: "the suite in \(resumed.id)") }
    return try SuiteLibrary.load(suite ?? "").forced(to: ModelOptions.forcedKernel)
  }
}

/// `--dry-run`: what would be run, and for about how long.
enum DryRun {
  static func show(_ plan: Plan, style: Style) {
    let model = CostModel(plan: plan)
    for cell in plan.cells {
      let note =
        cell.skipReason.map { "skip: \($0)" }
        ?? "\(cell.repetitions) × \(duration(model.seconds(of: cell) / Double(cell.repetitions)))"
      Console.line("\(cell.id)  \(style.dim(note))")
    }
    let runnable = plan.cells.filter { $0.skipReason == nil }.count
    Console.line(
      "\(runnable) cells to run, \(plan.cells.count - runnable) skipped, \(plan.suite.order.rawValue) (seed "
        + "\(plan.suite.seed))\(plan.shard.map { ", shard \($0.label) of \($0.cellsTotal) cells" } ?? ""), about \(duration(model.secondsOfPlan())) (rough: within a factor of two)"
    )
  }

  /// "45 s", "3 min 20 s": no more precision than a guess has.
  static func duration(_ seconds: Double) -> String {
    if seconds < 1 { return "\(max(1, Int(seconds * 1000))) ms" }
    let whole = Int(seconds.rounded())
    return whole < 60 ? "\(whole) s" : "\(whole / 60) min \(whole % 60) s"
  }
}
