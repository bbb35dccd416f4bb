import Engine
import Kernels
import Records

/// Compares what a model takes with the memory that there is: the one rule of plans, runs and commands.
public enum MemoryBudget {
  /// Tokens that share one pass over the weights, in every session that is made: llama.cpp's micro-batch.
  public static let batch = 512

  /// Bytes of a model in the packings of some kernels with one session on it, before anything is allocated.
  ///
  /// - Parameters:
  ///   - logitsRows: rows of logits that are kept at once; one is what decoding needs.
  ///   - cacheFormat: how keys and values are kept.
  public static func need(
    of model: ModelReference, kernels: KernelPlan, threads: Int, context: Int, logitsRows: Int = 1,
    cacheFormat: CacheFormat = .f32
  ) -> MemoryNeed {
    var need = model.shape.memoryNeed(
      kernels: kernels, head: model.head, context: context, batch: min(batch, context),
      threads: threads, cacheFormat: cacheFormat)
    let row = model.shape.vocabulary.multipliedReportingOverflow(by: MemoryLayout<Float>.stride)
    let more = row.partialValue.multipliedReportingOverflow(by: max(0, logitsRows - 1))
    let sum = need.scratchBytes.addingReportingOverflow(more.partialValue)
    need.scratchBytes = row.overflow || more.overflow || sum.overflow ? .max : sum.partialValue
    return need
  }

  /// Bytes of a single matrix in a kernel's packing, with the vectors that are multiplied and their products.
  ///
  /// `Int.max` for a matrix that cannot be made.
  public static func need(of matrix: MatrixShape, kernel: Kernel, vectors: Int) -> Int {
    let (rows, columns) = (matrix.outputs, matrix.inputs)
    guard let weights = try? kernel.packing.bytes(rows: rows, columns: columns) else { return .max }
    let perVector =
      columns + kernel.preparedBytes(columns: columns, vectors: vectors)
      + kernel.packing.paddedRows(rows) * MemoryLayout<Int32>.stride
    let (work, overflow) = perVector.multipliedReportingOverflow(by: vectors)
    return overflow || weights > Int.max - work ? .max : weights + work
  }

  /// What may be taken of what is free.
  ///
  /// A tenth stays: the page cache, other processes and our own records live there, and the OOM killer does not say
  /// please.
  public static func usable(_ available: Int) -> Int { available - available / 10 }

  /// "needs 26.1 GiB, 21.7 GiB available"; nil where the bytes fit, or nobody knows what is free.
  public static func shortfall(of bytes: Int, available: Int?) -> String? {
    guard let available, bytes > usable(available) else { return nil }
    return "needs \(ByteCount(bytes)), \(ByteCount(usable(available))) available"
  }
}

extension PhaseRecord {
  /// Positions that a session needs for this phase: those that one iteration fills, and never fewer than it works on
  /// at once, because a session cuts a batch that is longer than its context into turns.
  var context: Int { max(1, batch ?? 1, (depth ?? 0) + (prompt ?? 0) + (generate ?? 0)) }

  /// Rows of logits that this phase makes at once: a head of many vectors has one for each.
  var logitsRows: Int { kind == .head ? min(batch ?? 1, MemoryBudget.batch) : 1 }
}
