import Engine
import Kernels
import Machine
import Meters
import ModelFiles
import Records
import Suites

/// A workload whose windows cannot be cut around a call, because another process does the work and says when.
protocol WindowedWorkload: Workload {
  /// Does the work `iterations` times in a new process.
  ///
  /// - Parameters:
  ///   - started: the process is there, and nothing is measured yet.
  ///   - opening: the measured work begins, to be seen by these meters.
  ///   - closing: it has ended; the process is there still.
  func run(
    iterations: Int, started: (Int32) -> Void, opening: (ProgramMeters) throws -> Void,
    closing: (ProgramSight) -> Void
  ) throws -> WorkloadOutput
  /// How often a window repeats the work, found by running it once; nil where it needs no run.
  func iterations(forSeconds seconds: Double) throws -> Int
  /// What a reader must know of the last run; `windowNs` is how long it was seen.
  func warnings(windowNs: Double?) -> [WarningRecord]
}

/// What was seen of a process when its window closed.
struct ProgramSight {
  /// Whether events that were opened for its threads lack some of them.
  var haveThreadsChanged = false
  /// What it used since it began, where the window holds all of it.
  var use = MeterReadings()
}

/// A phase that another program runs: every repetition is a process of its own.
///
/// Inside, the program repeats the work as often as a window needs, after a warm-up of its own.
final class ProgramWorkload: WindowedWorkload {
  private(set) var facts: WorkloadFacts
  private let cell: Cell
  private let program: SuiteProgram
  private let dialect: any ProgramDialect
  private let model: ProgramModel?
  private let twin: ModelReference?
  private let cacheFormat: CacheFormat
  private let cpus: [Int]
  private let meters: (Int32?) -> ProgramMeters
  private let interrupt: Interrupt
  private var identity: ProgramIdentity
  private var strays: [String] = []
  private var last: (result: ProgramResult, iterations: Int)?

  init(
    cell: Cell, program: SuiteProgram, dialect: any ProgramDialect, model: ProgramModel?, twin: ModelReference?,
    cacheFormat: CacheFormat, cpus: [Int], meters: @escaping (Int32?) -> ProgramMeters, interrupt: Interrupt
  ) {
    self.cell = cell
    self.program = program
    self.dialect = dialect
    self.model = model
    self.twin = twin
    self.cacheFormat = cacheFormat
    self.cpus = cpus
    self.meters = meters
    self.interrupt = interrupt
    identity = ProgramIdentity(name: program.name, kind: program.kind.rawValue)
    identity.window = dialect.windowReason == nil ? .work : .process
    identity.windowReason = dialect.windowReason
    identity.modelFile = model?.path
    identity.modelBytes = model?.bytes
    identity.modelSHA256 = model?.sha256
    identity.architecture = model?.header?.architecture
    identity.head = model?.header?.head?.name ?? program.head
    identity.weights = model?.header?.weights?.name
    facts = WorkloadFacts(
      cpus: cell.placement == "pinned" ? cpus : nil, tokensPerIteration: cell.phase.tokensPerIteration)
    learn(nil)
  }

  /// A program has no piece of work that is smaller than a run.
  func prime() throws {}

  func run(iterations: Int) throws -> WorkloadOutput {
    try run(iterations: iterations, started: { _ in }, opening: { _ in }, closing: { _ in })
  }

  func run(
    iterations: Int, started: (Int32) -> Void, opening: (ProgramMeters) throws -> Void,
    closing: (ProgramSight) -> Void
  ) throws -> WorkloadOutput {
    let job = ProgramJob(
      phase: cell.phase, threads: cell.threads, cpus: cpus, repetitions: iterations, model: program.model)
    let executable = try dialect.program(job)
    identity.path = executable.path
    identity.command = executable.arguments
    strays = []
    let isWork = dialect.windowReason == nil
    // A window of the whole process is open before there is one.
    if !isWork { try opening(meters(nil)) }
    let child: ReadProgram
    do { child = try ReadProgram(executable, cpus: cpus) } catch {
      if !isWork { closing(ProgramSight()) }
      throw error
    }
    let inside = isWork ? meters(child.pid) : nil
    started(child.pid)
    var threads: [Int32] = []
    let run = ProgramRun(
      name: program.name, dialect: dialect, timeoutSeconds: program.timeoutSeconds, interrupt: interrupt)
    let output = try run.follow(
      child,
      opening: {
        if let inside { try opening(inside) }
        threads = child.threads
      },
      closing: {
        closing(
          isWork
            ? ProgramSight(haveThreadsChanged: child.threads != threads)
            : ProgramSight(use: ProcessUse.total(of: child.pid)))
        if cell.placement == "pinned" { strays = child.strays(from: cpus) }
      })
    let result = try dialect.result(output, job: job)
    last = (result, iterations)
    learn(result.bench)
    return WorkloadOutput(programTimeNs: result.timeNs)
  }

  /// What a window is longer than asked for, as for Tern's own cells: the first run is often the slowest.
  private static let headroom = 1.25

  func iterations(forSeconds seconds: Double) throws -> Int {
    guard seconds > 0, dialect.canRepeat(cell.phase) else { return 1 }
    _ = try run(iterations: 1)
    guard let timeNs = last?.result.timeNs, timeNs > 0 else { return 1 }
    return max(1, min(Self.mostIterations, Int((Self.headroom * seconds * 1e9 / timeNs).rounded(.up))))
  }

  /// No work takes less than a microsecond, so that more repetitions are a mistake in a unit.
  private static let mostIterations = 1_000_000

  func placementProblems() -> [String] { strays }

  /// What other programs compute is not compared: their rounding differs.
  func digest() -> String? { nil }

  func warnings(windowNs: Double?) -> [WarningRecord] {
    let isWork = dialect.windowReason == nil
    let ratio = isWork ? windowNs.flatMap { window in last.map { window / $0.result.timeNs } } : nil
    var warnings = Fairness(
      cell: cell, program: program, model: model, twin: twin, cacheFormat: cacheFormat, bench: last?.result.bench,
      clockRatio: ratio
    ).warnings()
    if let reason = dialect.windowReason {
      warnings.append(
        WarningRecord(
          id: "W-fair-window",
          message: "the energy and counters of \(program.name) are of its whole process, with loading and warm-up, and "
            + "are not divided among tokens: \(reason)",
          fix: "use a program that says when its work begins"))
    }
    return warnings
  }

  /// Takes over what the program says of itself.
  private func learn(_ bench: LlamaBenchResult?) {
    if let bench {
      identity.buildCommit = bench.buildCommit
      identity.buildNumber = bench.buildNumber
      identity.backends = bench.backends
      identity.cpuInfo = bench.cpuInfo
      identity.modelType = bench.modelType
      identity.modelParameters = bench.modelParameters
      let settings = [
        "n_batch": bench.batch.map(String.init), "n_ubatch": bench.microBatch.map(String.init), "type_k": bench.typeK,
        "type_v": bench.typeV, "n_gpu_layers": bench.gpuLayers.map(String.init),
        "flash_attn": bench.isFlashAttention.map { $0 ? "1" : "0" }, "n_depth": bench.depth.map(String.init),
      ].compactMapValues(\.self)
      identity.settings = settings.isEmpty ? nil : settings
    }
    facts.program = identity
    facts.model = ModelIdentity(
      model, bench: bench?.modelParameters, suiteHead: program.head, twin: twin,
      name: cell.model ?? program.modelName)
    let weights = model?.header?.weights
    facts.kernel = KernelIdentity(
      name: program.name, packing: weights?.name,
      bitsPerWeight: weights.map { Double($0.blockBytes) * 8 / Double($0.blockWeights) })
  }
}
