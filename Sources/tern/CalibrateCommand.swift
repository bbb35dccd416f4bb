import ArgumentParser
import Engine
import Harness
import Kernels
import Machine
import Sinks

/// `tern calibrate`: which kernel is fastest for each matrix of a model on this machine.
struct CalibrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Time every kernel on each matrix of a model, and keep the result for kernel auto.",
    discussion: """
      Kernel auto uses what is kept, and calibrates by itself the first time that a model's matrices meet a number of
      threads and a placement. What is kept holds for this machine and this binary. To override it, name a kernel.
      """)

  @Option(name: [.customShort("m"), .long], help: "A zoo name (tern list models) or a model file.")
  var model: String = "bitnet-2b-4t"

  @Option(name: [.customShort("t"), .long], help: "Worker threads (default: one per physical core).")
  var threads: Int?

  @Option(help: "Where threads run: free, pinned or numa.")
  var placement: Placement = .pinned

  @Flag(help: "A JSON object on stdout instead of the table.")
  var json = false

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads \(threads): at least 1 thread is needed") }
  }

  func run() throws {
    let machine = Machine()
    let shape = try ModelReference(model).shape
    if let format = shape.denseWeights {
      throw CommandError(
        "\(model) has dense weights, \(format.rawValue): \(DenseKernel.best(for: format).id) multiplies them, and "
          + "there are no ternary kernels to choose from")
    }
    let pool = try ThreadPool(
      threads: threads ?? machine.coresPhysical, placement: placement, cpus: machine.cpusForPinning())
    let calibration = try KernelSelector.ofThisBinary(machine: machine).calibrate(shape.kernelShape, pool: pool)
    if json { return try Console.json(calibration) }
    Console.text(TextTable(columns: Self.columns, rows: Self.rows(calibration)).render(width: Console.width))
    if let plan = calibration.plan(name: "auto") { Console.note("auto  \(plan.choicesText)") }
    if let path = CalibrationStore.standard.path { Console.note("kept  \(path)") }
  }

  private static let columns: [TextTable.Column] = [
    .left("matrix", .essential), .left("K×N", .normal), .left("kernel", .essential),
    .right("one vector µs", .essential), .right("\(Calibration.batch) vectors µs", .essential),
    .right("of best", .normal),
  ]

  /// Fastest first within a matrix; the last column compares single vectors.
  private static func rows(_ calibration: Calibration) -> [[String]] {
    calibration.matrices.flatMap { matrix in
      let timings = matrix.timings.sorted { $0.singleNs < $1.singleNs }
      return timings.map { timing in
        [
          matrix.name, "\(matrix.columns)×\(matrix.rows)", timing.kernel,
          Number.threeDigits(timing.singleNs * 1e-3), Number.threeDigits(timing.batchNs * 1e-3),
          Number.threeDigits(timing.singleNs / timings[0].singleNs),
        ]
      }
    }
  }
}
