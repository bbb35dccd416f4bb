import Kernels

/// How much memory running a shape takes, from its sizes alone: known before anything is allocated.
public struct MemoryNeed: Sendable, Equatable {
  /// The layers' matrices, packed where they are ternary, and norms.
  public var weightsBytes: Int
  /// The head, and the embedding where it is not the head.
  public var headBytes: Int
  /// Keys and values of the whole context.
  public var cacheBytes: Int
  /// Activations, rotary tables and one row of logits.
  public var scratchBytes: Int

  /// All of it; `Int.max` when it does not fit 64 bits.
  public var totalBytes: Int { saturatingSum([weightsBytes, headBytes, cacheBytes, scratchBytes]) }

  /// Computes what a model of `shape` and one session take.
  ///
  /// A number that would not fit 64 bits, as for a shape that `validate` refuses, is `Int.max`: more than any machine
  /// has.
  public static func of(
    _ shape: TransformerShape, kernels: KernelPlan, head: DenseFormat, context: Int, batch: Int = 512, threads: Int = 1,
    cacheFormat: CacheFormat = .f32
  ) -> MemoryNeed {
    let counts = 1..<1 << 31
    guard (try? shape.validate()) != nil, [context, batch, threads].allSatisfy(counts.contains) else {
      return MemoryNeed(weightsBytes: .max, headBytes: .max, cacheBytes: .max, scratchBytes: .max)
    }
    let kernels = shape.effective(kernels)
    let ofOneLayer = shape.matrices.map { Linear.bytes(of: $0, kernels: kernels, dense: shape.denseWeights) }
    let norms = shape.parameters - shape.matrixParameters - shape.vocabulary * shape.hidden * shape.embeddings
    let dense = (try? DenseMatrix.bytes(rows: shape.vocabulary, columns: shape.hidden, format: head)) ?? Int.max
    let scratch = ScratchSizes(
      shape: shape, kernels: kernels, head: head, context: context, batch: min(batch, context), threads: threads)
    let rotaryTables = shape.localAttention == nil ? 1 : 2
    return MemoryNeed(
      weightsBytes: saturatingSum([
        saturatingProduct([saturatingSum(ofOneLayer), shape.layers]),
        saturatingProduct([norms, MemoryLayout<Float>.stride]),
      ]),
      headBytes: saturatingProduct([dense, shape.embeddings]),
      cacheBytes: KeyValueCache.bytes(shape: shape, context: context, format: cacheFormat),
      scratchBytes: saturatingSum([
        scratch.bytes,
        saturatingProduct([RotaryTable.bytes(headDim: shape.turnedDim, context: context), rotaryTables]),
        saturatingProduct([shape.vocabulary, MemoryLayout<Float>.stride]),
      ]))
  }
}
