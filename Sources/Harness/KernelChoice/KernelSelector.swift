import Engine
import Kernels
import Machine

/// Turns what a user calls a kernel into the kernels of each matrix: the one that is named, or what calibration found.
public struct KernelSelector: Sendable {
  private let machine: Machine
  private let build: String
  private let store: CalibrationStore
  private let note: @Sendable (String) -> Void

  /// Makes a selector.
  ///
  /// - Parameters:
  ///   - build: names this binary, so that another one's calibrations are not believed.
  ///   - note: is told what was chosen, once per choice, in a line for people.
  public init(
    machine: Machine, build: String, store: CalibrationStore = .standard, note: @escaping @Sendable (String) -> Void
  ) {
    self.machine = machine
    self.build = build
    self.store = store
    self.note = note
  }

  /// The kernels that a name means for a model and a pool; the first time for such a pair, auto takes a second or two.
  ///
  /// Where a model's matrices are dense, f16, auto and numa mean the kernel of their format, and every other name is
  /// refused.
  ///
  /// - Throws: `KernelError` for a name that no kernel has, `KernelRefusal` for a ternary kernel and dense weights, the
  ///   engine's errors during calibration.
  public func plan(_ name: String, for model: any ModelShape, pool: ThreadPool) throws -> KernelPlan {
    if let refusal = Self.refusal(of: name, for: model) { throw refusal }
    if let format = model.denseWeights {
      let plan = KernelPlan(dense: DenseKernel.best(for: format))
      note("\(model.name)  no ternary weights: \(plan.name) multiplies them")
      return plan
    }
    let shape = model.kernelShape
    guard AutomaticKernel(rawValue: name) != nil else { return KernelPlan(try KernelRegistry.resolve(name)) }
    if let plan = store.calibration(key(shape, pool))?.plan(name: name) {
      note("\(name)  \(plan.choicesText)")
      return plan
    }
    let calibration = try calibrate(shape, pool: pool)
    // Every kernel of a fresh calibration is in this build, so there is a plan.
    let plan = calibration.plan(name: name)!
    note("\(name)  calibrated; \(plan.choicesText)")
    return plan
  }

  /// Measures anew and keeps the result.
  ///
  /// - Throws: the engine's errors.
  public func calibrate(_ shape: TransformerShape, pool: ThreadPool) throws -> Calibration {
    let calibration = try Calibration.measure(
      shape, pool: pool, cacheBytes: machine.lastLevelCacheBytes ?? Self.cacheBytesGuess)
    store.keep(calibration, as: key(shape, pool))
    return calibration
  }

  /// Where the machine does not say: more than most have, so that too much is measured rather than too little.
  private static let cacheBytesGuess = 64 << 20

  /// What a calibration holds for: machine, binary, threads and their places, and the shape's matrices.
  private func key(_ shape: TransformerShape, _ pool: ThreadPool) -> String {
    let matrices = shape.matrices.map { "\($0.columns)x\($0.rows)" }.joined(separator: ",")
    let cpus = pool.placement == .free ? "" : ":" + pool.cpus.map(String.init).joined(separator: ",")
    return "\(machine.name)/\(build)/t\(pool.threads)/\(pool.placement.rawValue)\(cpus)/\(matrices)x\(shape.layers)"
  }

  /// The kernel that a model gets where nobody names one: the fastest of the ternary ones that need no tables, or what
  /// stands for dense weights.
  public static func standard(for model: any ModelShape) -> String {
    model.denseWeights == nil ? "simd" : denseName
  }

  /// Why a kernel of this name does not run a model whose weights are dense; nil where it does.
  ///
  /// f16 stands for them: it is the kernel that makes no use of weights being ternary.
  public static func refusal(of name: String, for model: any ModelShape) -> KernelRefusal? {
    let family = name.prefix { $0 != "@" }
    guard model.denseWeights != nil, AutomaticKernel(rawValue: name) == nil, family != denseName else { return nil }
    return KernelRefusal(kernel: name, model: model.name)
  }

  private static let denseName = "f16"

  /// A plan that takes about as much memory as what `name` will turn out to be, without measuring anything: two bits a
  /// weight are the most that auto may choose.
  public static func estimate(_ name: String) throws -> KernelPlan {
    guard AutomaticKernel(rawValue: name) != nil else { return KernelPlan(try KernelRegistry.resolve(name)) }
    return KernelPlan(try KernelRegistry.resolve("simd"))
  }
}

/// A ternary kernel was named for a model whose weights are dense.
public struct KernelRefusal: Error, CustomStringConvertible {
  let kernel: String
  let model: String

  /// The same in few words, for cells of a plan that are skipped: these name kernel and model themselves.
  public var reason: String { "dense weights: no ternary kernel runs them, but see tern convert --ternarize absmean" }

  /// The sentence to show.
  public var description: String {
    "kernel \(kernel) multiplies ternary weights, and those of \(model) are dense: \(DenseAdvice.text)"
  }
}

extension KernelPlan {
  /// "qkv simd@avx2, o lut@avx2, …; batches tiled@avx2", as a line for people.
  public var choicesText: String {
    let roles = TransformerShape.Role.allCases
    func text(_ kernel: (Choice) -> Kernel) -> String {
      let ids = roles.map { kernel(self[$0]).id }
      guard Set(ids).count > 1 else { return ids[0] }
      return zip(roles, ids).map { "\($0.name) \($1)" }.joined(separator: ", ")
    }
    return "one vector: \(text(\.single)); batches: \(text(\.batch))"
  }
}
