import Engine
import Kernels
import Meters
import Records
import Suites

/// Predicts how long cells will take, for `--dry-run` and the first ETA; rough, and said to be.
///
/// Each kernel is tried on one small matrix for a few milliseconds. Memory bandwidth, attention and the machine's mood
/// are left out, so a prediction may be off by a factor of two; once cells have run, their own times replace it.
public struct CostModel: Sendable {
  /// MAC/s of one thread: one vector, many vectors.
  private struct Rates { var vector, batch: Double }
  private let plan: Plan
  private let kernels: [String: Rates]
  private let heads: [DenseFormat: Rates]
  /// Synthetic weights are made and packed at about this rate on one thread, in weights per second.
  private static let weightsPerSecond = 2e8

  /// Measures every kernel that the plan's cells use, those of the models' heads included: about 50 ms each.
  public init(plan: Plan) {
    self.plan = plan
    let cells = plan.cells.filter { $0.skipReason == nil }
    kernels = Set(cells.compactMap(\.kernel)).reduce(into: [:]) { rates, id in
      rates[id] = (try? KernelSelector.estimate(id).single).flatMap { try? Self.measure($0) }
    }
    let formats = Set(cells.compactMap { $0.model.flatMap { plan.models[$0] }?.head })
    heads = formats.reduce(into: [:]) { rates, format in rates[format] = try? Self.measure(.best(for: format)) }
  }

  /// Seconds of all repetitions of a cell with its warm-up; weights already in memory.
  public func seconds(of cell: Cell) -> Double {
    guard cell.skipReason == nil else { return 0 }
    let once = secondsOnce(cell)
    let window = cell.iterations.map { Double($0) * once } ?? max(cell.minTimeSeconds, once)
    let warmups = (cell.iterations == nil ? min(2, Double(cell.warmup)) : Double(cell.warmup)) * once
    let profile = cell.profile ? once : 0
    return warmups + profile + Double(cell.repetitions) * (window + cell.cooldownSeconds)
  }

  /// Seconds of the whole plan, each model made once per kernel.
  public func secondsOfPlan() -> Double {
    let cells = plan.cells.filter { $0.skipReason == nil }
    let loads = Dictionary(cells.map { ([$0.subject ?? "", $0.kernel ?? ""], $0) }, uniquingKeysWith: { a, _ in a })
    let weights = loads.values.reduce(0) { $0 + ternaryWeights(of: $1) }
    let threads = Double(plan.cells.map(\.threads).max() ?? 1)
    return plan.cells.reduce(0) { $0 + seconds(of: $1) } + Double(weights) / (Self.weightsPerSecond * threads)
  }

  private var fastest: Rates? { kernels.values.max { $0.vector < $1.vector } }

  // MARK: - One pass

  private func ternaryWeights(of cell: Cell) -> Int {
    cell.matrix?.weights ?? cell.model.flatMap { plan.models[$0] }?.shape.matrixParameters ?? 0
  }

  private func secondsOnce(_ cell: Cell) -> Double {
    // How fast another program is, nobody knows before it ran: as fast as the fastest kernel, then.
    guard let rate = cell.kernel.flatMap({ kernels[$0] }) ?? (cell.program == nil ? nil : fastest) else { return 0.1 }
    let threads = Double(max(1, cell.threads))
    let ternary = Double(ternaryWeights(of: cell))
    let model = cell.model.flatMap { plan.models[$0] }
    let head = model.map { Double($0.shape.hidden * $0.shape.vocabulary) } ?? 0
    let headRate = model.flatMap { heads[$0.head] } ?? rate
    let batch = Double(cell.phase.batch ?? 1)
    switch cell.phase.kind {
    case .probe: return 0.1
    case .head: return head * batch / (batch > 1 ? headRate.batch : headRate.vector) / threads
    case .matrices: return ternary * batch / (batch > 1 ? rate.batch : rate.vector) / threads
    case .model:
      let single = Double(cell.phase.generate ?? 0)
      let prompt = Double(cell.phase.prompt ?? 0)
      let layers = ternary * (prompt / rate.batch + single / rate.vector)
      // A prompt has logits at its last position only.
      return (layers + head * (single + min(1, prompt)) / headRate.vector) / threads
    }
  }

  /// 512 × 2560 weights: a small layer of real models, a few hundred KiB in most packings.
  private static let sample = (rows: 512, columns: 2560, vectors: 32)

  private static func measure(_ kernel: Kernel) throws -> Rates {
    let (rows, columns, vectors) = sample
    let matrix = try PackedMatrix(rows: rows, columns: columns, packing: kernel.packing)
    matrix.packSynthetic(panels: 0..<matrix.panelCount, seed: 1)
    let single = try prepare(1, columns: columns, for: kernel)
    let batched = try prepare(vectors, columns: columns, for: kernel)
    let sums = UnsafeMutablePointer<Int32>.allocate(capacity: matrix.paddedRows * vectors)
    defer { sums.deallocate() }
    let all = 0..<matrix.paddedRows
    let vector = secondsPerCall { kernel.multiply(matrix, rows: all, prepared: single.address, sums: sums) }
    let batch = secondsPerCall {
      kernel.multiply(
        matrix, rows: all, prepared: batched.address, vectors: vectors, sums: sums, stride: matrix.paddedRows)
    }
    let macs = Double(rows * columns)
    return Rates(vector: macs / vector, batch: macs * Double(vectors) / batch)
  }

  /// A head of zeros: no kernel looks at the values.
  private static func measure(_ kernel: DenseKernel) throws -> Rates {
    let (rows, columns, vectors) = sample
    let matrix = try DenseMatrix(rows: rows, columns: columns, format: kernel.format)
    let stride = kernel.preparedBytes(columns: columns)
    let prepared = try AlignedBuffer(bytes: stride * vectors)
    let x = [Float](repeating: 1, count: columns)
    for vector in 0..<vectors { kernel.prepare(x, columns: columns, into: prepared.address + vector * stride) }
    var y = [Float](repeating: 0, count: rows * vectors)
    let times = [1, vectors].map { count in
      secondsPerCall {
        kernel.multiply(
          matrix, rows: 0..<rows, prepared: prepared.address, vectors: count, y: &y, yStride: rows)
      }
    }
    let macs = Double(rows * columns)
    return Rates(vector: macs / times[0], batch: macs * Double(vectors) / times[1])
  }

  private static func prepare(_ vectors: Int, columns: Int, for kernel: Kernel) throws -> AlignedBuffer {
    let stride = kernel.preparedBytes(columns: columns, vectors: vectors)
    let prepared = try AlignedBuffer(bytes: stride * vectors)
    let activations = [Int8](repeating: 3, count: columns)
    for vector in 0..<vectors {
      kernel.prepare(activations, columns: columns, vectors: vectors, into: prepared.address + vector * stride)
    }
    return prepared
  }

  /// The fastest of the calls that fit in 10 ms, at least one: the first ones page the code in.
  private static func secondsPerCall(_ body: () -> Void) -> Double {
    let start = WallClock.nowNs()
    var best = Double.infinity
    repeat {
      let before = WallClock.nowNs()
      body()
      best = min(best, Double(WallClock.nowNs() - before) * 1e-9)
    } while WallClock.nowNs() - start < 10_000_000
    return max(best, 1e-9)
  }
}
