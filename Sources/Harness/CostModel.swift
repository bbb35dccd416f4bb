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
  private let rates: [String: Rates]
  /// Synthetic weights are made and packed at about this rate on one thread, in weights per second.
  private static let weightsPerSecond = 2e8

  /// Measures every kernel that the cells use: about 50 ms each.
  public init(cells: [Cell]) {
    var rates: [String: Rates] = [:]
    for id in Set(cells.filter { $0.skipReason == nil }.compactMap(\.kernel)) {
      guard let kernel = try? KernelRegistry.resolve(id) else { continue }
      rates[id] = try? Self.measure(kernel)
    }
    self.rates = rates
  }

  /// Seconds of all repetitions of a cell with its warm-up; weights already in memory.
  public func seconds(of cell: Cell) -> Double {
    guard cell.skipReason == nil else { return 0 }
    let once = secondsOnce(cell)
    let window = max(cell.minTimeSeconds, once)
    let warmups = min(2, Double(cell.warmup)) * once
    return warmups + Double(cell.repetitions) * (window + cell.cooldownSeconds)
  }

  /// Seconds of a whole plan, each model made once per kernel.
  public func seconds(of plan: Plan) -> Double {
    let loads = Set(plan.cells.filter { $0.skipReason == nil }.map { "\($0.model ?? "") \($0.kernel ?? "")" })
    let weights = loads.reduce(0) { $0 + ternaryParameters(of: String($1.prefix { $0 != " " })) }
    let threads = Double(plan.cells.map(\.threads).max() ?? 1)
    return plan.cells.reduce(0) { $0 + seconds(of: $1) } + Double(weights) / (Self.weightsPerSecond * threads)
  }

  // MARK: - One pass

  private func secondsOnce(_ cell: Cell) -> Double {
    guard let model = cell.model, let kernel = cell.kernel, let rate = rates[kernel] else { return 0.1 }
    let macs = Double(ternaryParameters(of: model))
    let threads = Double(max(1, cell.threads))
    let batched = Double(cell.phase.prompt ?? 0) + Double(cell.phase.kind == .matrices ? cell.phase.batch ?? 0 : 0)
    let single = Double(cell.phase.generate ?? 0)
    let fill = Double(cell.phase.depth ?? 0)
    return macs * ((batched + fill) / rate.batch + single / rate.vector) / threads
  }

  private func ternaryParameters(of model: String) -> Int { (try? ModelReference(model))?.shape.ternaryParameters ?? 0 }

  /// 512 × 2560 weights: a small layer of real models, a few hundred KiB in most packings.
  private static func measure(_ kernel: Kernel) throws -> Rates {
    let (rows, columns, vectors) = (512, 2560, 32)
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
