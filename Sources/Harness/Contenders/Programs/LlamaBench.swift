import Foundation
import Meters
import Records
import Suites

/// llama-bench of llama.cpp, of ik_llama.cpp or of bitnet.cpp.
///
/// Forks are of different ages: what one of them can be asked is read off its `--help`.
struct LlamaBench: ProgramDialect {
  let name: String
  /// The program, as it was found.
  let program: Program
  /// What the suite adds.
  let extra: [String]
  private let options: Set<String>

  /// Results come in one piece, when the last repetition has ended.
  let closesOnOutput = true

  /// Asks the program for its options.
  ///
  /// - Throws: `ProgramFailure` for a program that is no llama-bench, `ProgramError` for one that cannot be run.
  init(_ suite: SuiteProgram, cpus: [Int], interrupt: Interrupt) throws {
    name = suite.name
    program = try Program([suite.path ?? "llama-bench"])
    extra = suite.arguments
    let help = Help(dialect: try HelpDialect(program: program))
    options = try help.options(name: name, cpus: cpus, interrupt: interrupt)
    guard options.isSuperset(of: ["--n-prompt", "--n-gen", "--repetitions"]) else {
      throw ProgramFailure(
        "\(program.path) is no llama-bench: its --help does not have --n-prompt, --n-gen and --repetitions; give the "
          + "path of one, or use kind = \"command\"")
    }
  }

  init(name: String, program: Program, extra: [String], options: Set<String>) {
    (self.name, self.program, self.extra, self.options) = (name, program, extra, options)
  }

  var windowReason: String? {
    options.contains("--progress")
      ? nil : "this build of llama-bench has no --progress, so it does not say when its work begins"
  }

  func program(_ job: ProgramJob) throws -> Program {
    guard let model = job.model else { throw ProgramFailure("\(name) has no model file; name one under [[program]]") }
    var arguments = [program.arguments[0], "-m", model, "-t", "\(job.threads)", "-r", "\(job.repetitions)"]
    arguments += ["-o", "json"]
    let (prompt, generate) = (job.phase.prompt ?? 0, job.phase.generate ?? 0)
    if prompt > 0, generate > 0 {
      try require("-pg", for: job.phase)
      arguments += ["-p", "0", "-n", "0", "-pg", "\(prompt),\(generate)"]
    } else {
      arguments += ["-p", "\(prompt)", "-n", "\(generate)"]
    }
    if let depth = job.phase.depth, depth > 0 {
      try require("-d", for: job.phase)
      arguments += ["-d", "\(depth)"]
    }
    if options.contains("--progress") { arguments.append("--progress") }
    // Layers on a GPU would be neither this machine's CPU nor its package's energy.
    if options.contains("-ngl"), !extra.contains("-ngl"), !extra.contains("--n-gpu-layers") {
      arguments += ["-ngl", "0"]
    }
    return try Program(arguments + extra)
  }

  private func require(_ option: String, for phase: PhaseRecord) throws {
    guard !options.contains(option) else { return }
    throw ProgramFailure("this build of \(name) has no option \(option), which \(phase.label) needs")
  }

  /// Between repetitions a deep context is filled again or copied back, which is no part of the work.
  func canRepeat(_ phase: PhaseRecord) -> Bool { (phase.depth ?? 0) == 0 && windowReason == nil }

  /// "llama-bench: benchmark 1/1: prompt run 1/5"; the warm-up's line has no number behind "run".
  func opens(on line: String) -> Bool {
    line.hasPrefix("llama-bench: benchmark ")
      && (line.contains(": prompt run 1/") || line.contains(": generation run 1/"))
  }

  func closes(on line: String) -> Bool { false }

  func result(_ output: ProgramOutput, job: ProgramJob) throws -> ProgramResult {
    let bench = try LlamaBenchResult.parse(output.out, name: name)
    try bench.check(against: job, name: name)
    return ProgramResult(timeNs: bench.samplesNs.reduce(0, +), bench: bench)
  }
}

/// What `--help` says.
private struct Help {
  let dialect: HelpDialect

  /// A program that takes longer to print its options does not print them.
  private static let timeoutSeconds = 20.0

  /// Every word of the help that begins with a hyphen.
  func options(name: String, cpus: [Int], interrupt: Interrupt) throws -> Set<String> {
    let child = try ReadProgram(dialect.program, cpus: cpus)
    let run = ProgramRun(
      name: "\(name) --help", dialect: dialect, timeoutSeconds: Self.timeoutSeconds, interrupt: interrupt)
    let output = try run.follow(child, opening: {}, closing: {})
    let breaks = CharacterSet(charactersIn: " \t,|=[]()<>")
    return Set(output.lines.flatMap { $0.components(separatedBy: breaks) }.filter { $0.hasPrefix("-") })
  }
}

/// A run that is not measured.
private struct HelpDialect: ProgramDialect {
  let program: Program
  let windowReason: String? = "nothing is measured"
  let closesOnOutput = false

  init(program: Program) throws { self.program = try Program([program.arguments[0], "--help"]) }

  func program(_ job: ProgramJob) throws -> Program { program }
  func canRepeat(_ phase: PhaseRecord) -> Bool { false }
  func opens(on line: String) -> Bool { false }
  func closes(on line: String) -> Bool { false }
  func result(_ output: ProgramOutput, job: ProgramJob) throws -> ProgramResult { ProgramResult(timeNs: 0) }
}
