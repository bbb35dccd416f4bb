import Meters
import Records
import Suites

/// How a program is asked for a cell and understood: one for each kind of program.
protocol ProgramDialect {
  /// Why windows hold the whole process; nil where the program says when its work begins and ends.
  var windowReason: String? { get }
  /// Whether the first bytes on stdout, once a window is open, end it.
  var closesOnOutput: Bool { get }
  /// The program with the arguments of one run.
  ///
  /// - Throws: `ProgramFailure` where it cannot be asked for this.
  func program(_ job: ProgramJob) throws -> Program
  /// Whether this run's work can be repeated inside one window.
  func canRepeat(_ phase: PhaseRecord) -> Bool
  /// Whether the measured work begins behind this line.
  func opens(on line: String) -> Bool
  /// Whether the measured work has ended with this line.
  func closes(on line: String) -> Bool
  /// What the output says.
  ///
  /// - Throws: `ProgramFailure` where it says nothing that can be understood.
  func result(_ output: ProgramOutput, job: ProgramJob) throws -> ProgramResult
}

/// What a program is asked to do in one run.
struct ProgramJob {
  var phase: PhaseRecord
  var threads: Int
  var cpus: [Int]
  var repetitions: Int
  var model: String?

  /// Tokens of all repetitions.
  var tokens: Int { (phase.tokensPerIteration ?? 0) * repetitions }
}

/// What a program wrote until its end.
struct ProgramOutput {
  /// Standard output, up to a limit far above any result.
  var out: [UInt8] = []
  /// Whether there was more.
  var isCut = false
  /// Complete lines of both streams, each stream in order, as long as there are not too many.
  var lines: [String] = []
  /// The last lines of stderr.
  var lastErrors: [String] = []
}

/// What a run came to.
struct ProgramResult {
  /// The time of the work, all repetitions, by the program's own clock or as its rate says.
  var timeNs: Double
  /// What llama-bench said beside.
  var bench: LlamaBenchResult?
}

/// A program that did not do what it was asked.
struct ProgramFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
