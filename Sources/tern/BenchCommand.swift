import ArgumentParser
import Engine
import Foundation
import Harness
import Machine
import Records
import Sinks
import Suites

/// `tern bench`: a quick sweep from flags, spelled as llama-bench spells them.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure models × kernels × threads from flags (llama-bench's spelling).",
    discussion: """
      Every list flag takes comma-separated values or repeats; thread counts and lengths also take ranges: 1-8,
      1-64*2, 1-8+2. One number of -p or -n makes one test: pp512, tg128. With --shape single matrices are multiplied
      instead, and one number of --batch makes one test: gemv, gemm128. The result goes to stdout in the format of -o.
      """)

  @Option(
    name: [.customShort("m"), .long],
    help: ArgumentHelp(
      "Models: zoo names (tern list models) or checkpoint folders, each with an optional head format: NAME:q6_k.",
      discussion: "Default: bitnet-2b-4t."))
  var model: [String] = []

  @Option(help: "Single ternary matrices in place of models, inputs × outputs: 2048x8192.")
  var shape: [String] = []

  @Option(help: "Vectors that are multiplied with each --shape at once; 1 is a gemv. Default: 1,128.")
  var batch: [String] = []

  @Option(
    name: [.customShort("k"), .long],
    help: "Kernels or globs: simd, f16, 'simd@*', '*'. Default: simd, or f16 where weights are dense.")
  var kernel: [String] = []

  @Option(name: [.customShort("t"), .long], help: "Threads: numbers, ranges, or all (one per physical core).")
  var threads: [String] = ["all"]

  @Option(
    name: [.customShort("p"), .customLong("n-prompt"), .customLong("prompt-tokens")],
    help: "Prompt lengths; 0 for none. Default: 512.")
  var prompt: [String] = []

  @Option(
    name: [.customShort("n"), .customLong("n-gen"), .customLong("gen-tokens")],
    help: "Generated tokens; 0 for none. Default: 128.")
  var generate: [String] = []

  @Option(
    name: .customLong("pg", withSingleDash: true), help: "Prompt and generation together: PP,TG. May be repeated.")
  var promptGenerate: [String] = []

  @Option(
    name: [.customShort("d"), .customLong("n-depth"), .customLong("depth")],
    help: "Tokens already in the cache. Default: 0.")
  var depth: [String] = []

  @Option(name: [.customShort("r"), .long], help: "Repetitions of each test.")
  var repetitions = 5

  @Option(help: "Placements: free, pinned.")
  var placement: [String] = ["pinned"]

  @Option(help: "Repeat a test inside its window until it lasts this many seconds. Default: 0; with --shape 0.2.")
  var minTime: Double?

  @Flag(help: "Also probe the machine's read bandwidth and int8 rate, and show each result as a part of its ceiling.")
  var ceilings = false

  @Option(
    name: .customLong("kv"),
    help: "How keys and values are kept: f32, f16 in half of the memory, or int8 in little more than a quarter.")
  var cacheFormat: CacheFormat = .f32

  @Option(help: "Groups of hardware events to count (tern list counters), one after the other: ipc,cache.")
  var counters: [String] = []

  @Option(help: "Measure the idle power for this many seconds before and after, where energy can be read.")
  var baseline = 0.0

  @Flag(help: "Run each test once more behind its last window to time its operations, for a report of --record.")
  var profile = false

  @Option(help: "Pause before each window, in seconds.")
  var delay = 0.0

  @Flag(help: "No warm-up runs.")
  var noWarmup = false

  @Option(
    help: "Only one part of the cells: 2/3 is the second of three. Every cell is in one, whatever machine asks.",
    transform: { try Shard($0) })
  var shard: Shard?

  @Option(
    name: [.customShort("o"), .long],
    help: "Format on stdout: \(SinkRegistry.names.joined(separator: ", ")).")
  var output = "md"

  @Flag(help: "Progress on stderr even when it is not a terminal's.")
  var progress = false

  @Option(help: "Also keep the record in this folder.")
  var record: String?

  @Option(help: "Colour: auto, always or never. NO_COLOR is respected.")
  var color: ColorChoice = .auto

  @Flag(name: [.customShort("v"), .long], help: "Say on stderr which suite the flags amount to.")
  var verbose = false

  func validate() throws {
    guard SinkRegistry.names.contains(output) else {
      throw ValidationError("-o \(output): formats are \(SinkRegistry.names.joined(separator: ", "))")
    }
    if repetitions < 1 { throw ValidationError("-r \(repetitions): at least 1 repetition is needed") }
    if let minTime, !(minTime >= 0 && minTime.isFinite) {
      throw ValidationError("--min-time \(minTime): seconds, 0 or more")
    }
    if !(baseline >= 0 && baseline <= 3600) { throw ValidationError("--baseline \(baseline): 0 to 3600 seconds") }
    if !(delay >= 0 && delay.isFinite) { throw ValidationError("--delay \(delay): seconds, 0 or more") }
    let ofModels = [("-m", model), ("-p", prompt), ("-n", generate), ("-pg", promptGenerate), ("-d", depth)]
    if !shape.isEmpty, let (flag, _) = ofModels.first(where: { !$0.1.isEmpty }) {
      throw ValidationError("\(flag) is of models, and --shape measures single matrices; use one of them")
    }
    if shape.isEmpty, !batch.isEmpty { throw ValidationError("--batch belongs to --shape") }
  }

  func run() throws {
    let machine = Machine()
    try refuseForcedUnavailable(in: .current(machine: machine))
    let suite = try makeSuite(machine: machine)
    if verbose { Console.note(suite.text) }
    let plan: Plan
    do { plan = try Plan(suite: suite, machine: machine).part(shard) } catch let error as SuiteError {
      throw ValidationError(error.message)
    }
    plan.sayShard(isQuiet: false)
    var sweep = Sweep(
      plan: plan, machine: machine, style: color.stderr, isQuiet: !(progress || Console.stderrIsTerminal))
    let finished = try sweep.run(to: record.map { .folder($0) } ?? .nowhere)
    Console.data(try SinkRegistry.named(output).render([finished]))
    try sweep.end(finished)
  }

  /// A kernel that was asked for by name and cannot run here is a mistake of the command line, not a row of dashes.
  private func refuseForcedUnavailable(in context: SuiteContext) throws {
    let flag = kernel.isEmpty ? "TERN_KERNEL" : "-k"
    try ModelOptions.refuseUnavailable(namedKernels ?? [], flag: flag, in: context)
  }
}
