import ArgumentParser
import Compare
import Foundation
import Harness
import Machine
import Records
import Sinks

/// `tern gate SUITE --base A --head B`: whether the head is slower than the base, and how sure that is.
struct GateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gate",
    abstract: "Compare two builds and say whether one is a regression.",
    discussion: """
      Base and head are binaries (a path with a slash), git revisions, which are built in .build/gate and kept there, or \
      worktree, which is this very binary. Each cell of the suite is run on both sides in turn, in blocks of base, head, \
      head, base or the mirror image, every window in a process of its own; a change counts where it is larger than its \
      margin and seen again in fresh blocks.

      Where valgrind is installed, instructions, data accesses and allocations per token are counted on the CPU that it \
      emulates, with one thread: they repeat where times do not. On a virtual machine they decide and times are shown; \
      --gate-on says otherwise. With --baseline the counts of the head are held against a committed file instead of a \
      base, and --save-baseline writes one.

      Exit status: 0 no regression found, 1 failure (a revision does not build), 2 a regression (with --strict also where \
      nothing could be decided), 3 a side crashed, hung or gave wrong output, 4 nothing but improvements (with --strict), \
      5 what is compared with is not there, 64 usage, 130 interrupted (the result so far is kept).
      """)

  @Argument(help: "A suite file, used for both sides, or the name of one in Suites/, which must be equal in both.")
  var suite: String

  @Option(help: "The side to compare with: a binary, a git revision.")
  var base: String?

  @Option(help: "The side to judge: a binary, a git revision, or worktree for this binary.")
  var head = "worktree"

  @Option(help: "Compare the head's counts with this file, or this name in Results/baselines, instead of a base.")
  var baseline: String?

  @Option(help: "Count the head and write its counts to this file, or this name in Results/baselines.")
  var saveBaseline: String?

  @Option(name: [.customShort("o"), .long], help: "Also write the result as JSON, after every round; - is stdout.")
  var output: String?

  @Option(
    name: .customLong("export"),
    help: "Also write FORMAT:PATH; formats are \(GateSinkRegistry.names.joined(separator: ", ")). May be repeated.")
  var exports: [GateExport] = []

  @Option(help: "Also write JUnit XML to this file, one test per cell and metric.")
  var junit: String?

  @Flag(help: "Print annotations for GitHub Actions, and append the result to the job's summary.")
  var github = false

  @Option(help: "time, energy, counters, proxies (default: all that can be had here).")
  var metrics: [String] = []

  @Option(
    help: "Metrics that count, of those above; the others are shown (default: proxies on virtual machines, else all).")
  var gateOn: [String] = []

  @Option(help: "KIND=SHARE, for example time=0.02: how much worse a kind of metrics may become. May be repeated.")
  var margin: [GateMargin] = []

  @Option(help: "Blocks after which a verdict is sought, ascending; each is four processes per cell.")
  var looks: String = GateRules.standard.looks.map(String.init).joined(separator: ",")

  @Option(help: "Run both sides on these CPUs alone, as in 0-3,8.")
  var cpus: String?

  @Option(help: "Seconds after which a process has hung.")
  var timeout = 600.0

  @Option(help: "The seed of the blocks' orders and of the environments.")
  var seed: UInt64 = 1

  @Flag(help: "Exit with 2 where nothing could be decided, and with 4 where there are only improvements.")
  var strict = false

  @OptionGroup var options: OutputOptions

  func validate() throws {
    guard [base, baseline, saveBaseline].count(where: { $0 != nil }) == 1 else {
      throw ValidationError("compare with one of --base and --baseline, or write a --save-baseline")
    }
    for name in CommaList.items(metrics) + CommaList.items(gateOn) where GateMetric(rawValue: name) == nil {
      let names = GateMetric.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("there are no metrics \"\(name)\"; choose among \(names)")
    }
    if base == nil, let other = CommaList.items(metrics).first(where: { $0 != GateMetric.proxies.rawValue }) {
      throw ValidationError("--metrics \(other): a baseline holds counts alone; times are compared with --base")
    }
    guard timeout > 0, timeout.isFinite else { throw ValidationError("--timeout \(timeout): more than 0 seconds") }
    _ = try rules()
  }

  func run() throws {
    let interrupt = Interrupt()
    let signals = interrupt.listen()
    defer { withExtendedLifetime(signals) {} }
    if let output, output != "-" { try OutputFile.requireWritable(output) }
    for target in targets where target.path != "-" { try OutputFile.requireWritable(target.path) }
    do {
      let gate = try GateRun(self, rules: try rules(), interrupt: interrupt)
      if let saveBaseline { return try gate.save(baseline: saveBaseline) }
      let record = try gate.run()
      try finish(record, hasFailures: !gate.failures.isEmpty)
    } catch is Interrupted {
      throw ExitStatus.interrupted
    } catch let error as GateError {
      Console.note("Error: \(error)")
      throw error.kind == .baselineNotFound ? ExitStatus.baselineNotFound : ExitCode.failure
    }
  }

  /// Shows and writes the result, and ends with the status that it deserves.
  private func finish(_ record: GateRecord, hasFailures: Bool) throws {
    let isData = output == "-" || targets.contains { $0.path == "-" }
    let text = GateView(record: record, width: Console.width, style: options.color.stdout).render()
    if isData { Console.raw(text) } else { Console.text(text) }
    if output == "-" { Console.data(try RecordCodec.encode(record)) }
    for target in targets { try target.write(record) }
    if github { try GitHubActions.publish(record, suite: suite, isData: isData) }
    if let status = ExitStatus.of(record, hasFailures: hasFailures, isStrict: strict) { throw status }
  }

  /// The files to write besides the result itself.
  private var targets: [ExportTarget] {
    exports.map(\.target) + (junit.map { [ExportTarget(format: GateJUnitSink.name, path: $0)] } ?? [])
  }

  /// The standard rules with what the flags say.
  private func rules() throws -> GateRules {
    var rules = GateRules.standard
    rules.looks = try CommaList.items([looks]).map { text in
      guard let count = Int(text), 1...10_000 ~= count else {
        throw ValidationError("--looks \(looks): counts of blocks, as in 20,40,80")
      }
      return count
    }
    guard let first = rules.looks.first, zip(rules.looks, rules.looks.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw ValidationError("--looks \(looks): ascending counts of blocks, as in 20,40,80")
    }
    guard first >= rules.blocksLeast else {
      throw ValidationError("--looks \(looks): with fewer than \(rules.blocksLeast) blocks nothing can be decided")
    }
    // Counts of another compiler's build or with another C library differ by tenths of a percent.
    if baseline != nil { rules.marginDeterministic = 0.01 }
    for margin in margin {
      switch margin.metric {
      case .time: rules.marginTime = margin.share
      case .energy: rules.marginEnergy = margin.share
      case .proxies: rules.marginDeterministic = margin.share
      case .counters: rules.margins["counter_cycles_per_token"] = margin.share
      }
    }
    // The hardware counts the system's share of a window's instructions as well, which is a little other every time.
    let counters = margin.last { $0.metric == .counters }?.share ?? rules.marginDeterministic
    rules.margins["counter_instructions_per_token"] = counters
    return rules
  }
}

/// KIND=SHARE, as `--margin` takes it.
struct GateMargin: ExpressibleByArgument {
  let metric: GateMetric
  let share: Double

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1)
    guard parts.count == 2, let metric = GateMetric(rawValue: String(parts[0])), let share = Double(parts[1]),
      0...1 ~= share
    else { return nil }
    self.metric = metric
    self.share = share
  }
}

extension ExitStatus {
  /// A regression, or under --strict nothing that could be decided.
  static let regressed = ExitCode(2)
  /// Only improvements, under --strict.
  static let improved = ExitCode(4)
  /// The status that a gate's result deserves; nil for success.
  static func of(_ record: GateRecord, hasFailures: Bool, isStrict: Bool) -> ExitCode? {
    if record.status == .interrupted { return interrupted }
    if hasFailures { return cellsFailed }
    if !record.counted(.regressed).isEmpty { return regressed }
    guard isStrict else { return nil }
    if !(record.counted(.inconclusive) + record.counted(.invalid)).isEmpty { return regressed }
    return record.counted(.improved).isEmpty ? nil : improved
  }
}
