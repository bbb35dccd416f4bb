import Kernels
import ModelFiles

/// What a hybrid's forward pass writes besides its state.
struct HybridScratch: ScratchLayout {
  let preparedBytes: Int
  let width: Int
  let parts: [(part: Scratch.Part, bytes: Int)]

  init(shape: HybridShape, kernels: KernelPlan, head: DenseFormat, context: Int, batch: Int, threads: Int) {
    let matrices = HybridShape.LayerKind.allCases.flatMap(shape.matrices)
    func stride(_ matrix: TransformerShape.Matrix) -> Int { Linear.stride(of: matrix, kernels: kernels) }
    func tallest(_ role: TransformerShape.Role) -> Int { matrices.filter { $0.role == role }.map(stride).max() ?? 0 }
    let rows = matrices.map(stride).max() ?? 0
    let widest = max(shape.channels, shape.hidden, shape.feedForward)
    width = (max(matrices.map(\.columns).max() ?? 0, rows) + 15) / 16 * 16
    let headKernel = DenseKernel.best(for: head)
    let headInputs = headKernel.readsFloats ? 0 : headKernel.preparedBytes(columns: shape.hidden)
    let inputs = matrices.map { matrix in
      kernels.dense == nil
        ? kernels[matrix.role].preparedBytesMax(columns: matrix.columns, vectors: batch) : 0
    }
    preparedBytes = max(inputs.max() ?? 0, saturatingProduct([batch, headInputs]))
    let (float, product) = (MemoryLayout<Float>.stride, saturatingProduct)
    parts =
      [
        (.hidden, product([batch, shape.hidden, float])),
        (.normed, product([batch, max(shape.hidden, shape.deltaRank), float])),
        (.projected, product([batch, tallest(.qkv), float])),
        (.convolved, product([batch, shape.channels, float])),
        (.selected, product([batch, tallest(.output), float])),
        (.memory, product([batch, shape.channels, float])),
        (.mixed, product([batch, widest, float])),
        (.work, product([batch, widest, float])),
        (.ones, product([widest, float])),
        (.sums, kernels.dense == nil ? product([batch, rows, MemoryLayout<Int32>.stride]) : 0),
        (.prepared, Scratch.aligned(preparedBytes)),
        (.scales, product([batch, float])),
        (.addend, 0),
        (.rows, product([threads, 2, width, float])),
        (.quantized, product([threads, width])),
      ] + shape.attentionSizes.scratchParts(context: context, threads: threads)
  }
}

extension HybridShape {
  /// Query heads of either parity share keys of the same; both weigh values of two heads.
  var attentionSizes: AttentionSizes {
    AttentionSizes(heads: heads, kvHeads: kvHeads, headDim: headDim, valueDim: 2 * headDim)
  }

  /// The keys and values of all window layers: what the first token of a batch sees is there when the last one's are.
  func windowCache(context: Int, batch: Int) -> CacheLayout {
    cache(layers: count(.window), positions: min(context, window - 1 + batch))
  }

  /// The keys and values of the full attention.
  func fullCache(context: Int) -> CacheLayout { cache(layers: 1, positions: context) }

  private func cache(layers: Int, positions: Int) -> CacheLayout {
    CacheLayout(
      layers: layers, keyHeads: kvHeads, keyDim: headDim, valueHeads: kvHeads / 2, valueDim: 2 * headDim,
      positions: positions)
  }

  /// Counts what weights and one session take.
  ///
  /// The state that does not grow is there twice, so that a session can go back to where a prompt ended.
  public func memoryNeed(
    kernels: KernelPlan, head: DenseFormat, context: Int, batch: Int, threads: Int, cacheFormat: CacheFormat
  ) -> MemoryNeed {
    let counts = 1..<1 << 31
    guard (try? validate()) != nil, [context, batch, threads].allSatisfy(counts.contains) else {
      return MemoryNeed(weightsBytes: .max, headBytes: .max, cacheBytes: .max, scratchBytes: .max)
    }
    let batch = min(batch, context)
    let matrices = LayerKind.allCases.map { kind in
      saturatingProduct([
        count(kind),
        saturatingSum(self.matrices(kind).map { Linear.bytes(of: $0, kernels: kernels, dense: denseWeights) }),
      ])
    }
    let dense = (try? DenseMatrix.bytes(rows: vocabulary, columns: hidden, format: head)) ?? Int.max
    let scratch = HybridScratch(
      shape: self, kernels: effective(kernels), head: head, context: context, batch: batch, threads: threads)
    let fixed = saturatingSum([
      windowCache(context: context, batch: batch).bytes(cacheFormat), MambaState.bytes(self),
    ])
    return MemoryNeed(
      weightsBytes: saturatingSum(matrices + [deltaBytes, saturatingProduct([floats, MemoryLayout<Float>.stride])]),
      headBytes: saturatingProduct([dense, embeddings]),
      cacheBytes: saturatingSum([fullCache(context: context).bytes(cacheFormat), fixed, fixed]),
      scratchBytes: saturatingSum([scratch.bytes, saturatingProduct([vocabulary, MemoryLayout<Float>.stride])]))
  }

  /// Keys and values of the full attention once for it and once for every cross attention, those of the windows, and
  /// the states of the Mamba layers.
  public func cacheBytesRead(position: Int, format: CacheFormat) -> Int {
    let (near, all) = (min(window, position + 1), position + 1)
    return (count(.window) * near + (1 + count(.cross)) * all) * fullCache(context: context).positionBytes(format)
      + MambaState.bytes(self)
  }

  /// A key and a value of each head of the full attention, and of each window layer as long as its window grows.
  public func cacheBytesAdded(position: Int, format: CacheFormat) -> Int {
    (1 + (position < window ? count(.window) : 0)) * fullCache(context: context).positionBytes(format)
  }

  /// Bytes of Δ's projections.
  private var deltaBytes: Int {
    deltaParameters / deltaWeights.blockWeights * deltaWeights.blockBytes
  }
}
