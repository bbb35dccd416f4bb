import Records

/// One point of the sweep, before it is run: every parameter spelled out.
public struct Cell: Sendable, Equatable {
  /// Every parameter, joined by "/": unique in a plan, stable between runs.
  public var id: String
  /// The case it came from.
  public var caseName: String
  /// Zoo name or path; nil for probes and for single matrices.
  ///
  /// Of another program's cell the model of Tern's that it is compared with, where there is one.
  public var model: String?
  /// The one matrix that is multiplied, in a cell that has no model.
  public var matrix: MatrixShape?
  /// A kernel id such as "simd@avx2"; nil for probes and other programs.
  public var kernel: String?
  /// The other program that runs it, with the model file that it is given; nil for Tern's own cells.
  public var program: SuiteProgram?
  /// Worker threads.
  public var threads: Int
  /// "free" or "pinned".
  public var placement: String
  /// What to run.
  public var phase: PhaseRecord
  /// How often it is measured.
  public var repetitions: Int
  /// The least length of a window, within which the work is repeated.
  public var minTimeSeconds: Double
  /// The most warm-up runs.
  public var warmup: Int
  /// The pause before each window.
  public var cooldownSeconds: Double
  /// SHA-256 of the ids that greedy decoding must give, where stated.
  public var expectTokensSHA256: String?
  /// Why the cell is known not to run here, before anything is tried: an instruction set that this CPU lacks.
  public var skipReason: String?

  /// What is run, or whose matrices are: the model's name, the single matrix; nil for probes of the machine.
  public var subject: String? { model ?? matrix?.description }
  /// What runs it, as tables name it: a kernel's id, another program's name.
  public var runner: String? { kernel ?? program?.name }
}

extension Cell {
  /// Makes the cell of a probe, which has neither a model nor a kernel.
  public init(
    probe phase: PhaseRecord, id: String, caseName: String, threads: Int, placement: String, repetitions: Int,
    minTimeSeconds: Double, warmup: Int, skipReason: String?
  ) {
    self.init(
      id: id, caseName: caseName, threads: threads, placement: placement, phase: phase, repetitions: repetitions,
      minTimeSeconds: minTimeSeconds, warmup: warmup, cooldownSeconds: 0, skipReason: skipReason)
  }
}
