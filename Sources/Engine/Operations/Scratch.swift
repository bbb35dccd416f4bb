import Kernels

/// What a forward pass writes besides the cache, so that memory can be counted before it is taken.
protocol ScratchLayout {
  /// Bytes of all prepared vectors of a batch, of the input that takes most.
  var preparedBytes: Int { get }
  /// The widest input or output of a matrix, rounded up so that eight floats at a time can be written.
  var width: Int { get }
  /// Sizes in bytes, in the order in which `Scratch` lays them out.
  var parts: [(part: Scratch.Part, bytes: Int)] { get }
}

extension ScratchLayout {
  /// Bytes of all parts; `Int.max` when they do not fit 64 bits.
  var bytes: Int { saturatingSum(parts.map { Scratch.aligned($0.bytes) }) }
}

/// What a transformer's forward pass writes.
struct ScratchSizes: ScratchLayout {
  let batch: Int
  let threads: Int
  let width: Int
  /// Rows of the tallest matrix, gaps between its parts included.
  let rows: Int
  let qkvRows: Int
  /// Rows of the taller of the two matrices that add to the residual stream.
  let addendRows: Int
  /// Whether the matrices are dense: then nothing is summed in integers, and norms and products have rows of their own.
  let isDense: Bool
  let shape: TransformerShape
  let context: Int
  let preparedBytes: Int

  init(
    shape: TransformerShape, kernels: KernelPlan, head: DenseFormat, context: Int, batch: Int, threads: Int
  ) {
    self.shape = shape
    self.context = context
    self.batch = batch
    self.threads = threads
    let matrices = shape.matrices
    isDense = kernels.dense != nil
    let rowsPadded = matrices.map { Linear.stride(of: $0, kernels: kernels) }
    rows = rowsPadded.max() ?? 0
    qkvRows = rowsPadded[0]
    addendRows = max(rowsPadded[1], rowsPadded[3])
    width = (max(matrices.map(\.columns).max() ?? 0, rows) + 15) / 16 * 16
    let inputs = matrices.map { matrix in
      kernels.dense == nil
        ? kernels[matrix.role].preparedBytesMax(columns: matrix.columns, vectors: batch) : 0
    }
    let headKernel = DenseKernel.best(for: head)
    let headInputs = saturatingProduct([batch, headKernel.preparedBytes(columns: shape.hidden)])
    preparedBytes = max(inputs.max() ?? 0, headKernel.readsFloats ? 0 : headInputs)
  }

  /// The widest input of a matrix that a norm stands before.
  private var normedWidth: Int {
    max(shape.hidden, shape.subNorms ? max(shape.queryWidth, shape.feedForward) : 0)
  }

  var parts: [(part: Scratch.Part, bytes: Int)] {
    let (float, product) = (MemoryLayout<Float>.stride, saturatingProduct)
    return [
      (.hidden, product([batch, shape.hidden, float])),
      (.qkv, product([batch, qkvRows, float])),
      (.attended, product([batch, shape.queryWidth, float])),
      (.gated, product([batch, shape.feedForward, float])),
      (.sums, isDense ? 0 : product([batch, rows, MemoryLayout<Int32>.stride])),
      (.prepared, Scratch.aligned(preparedBytes)),
      (.scales, product([batch, float])),
      (.addend, shape.postNorms ? product([batch, addendRows, float]) : 0),
      (.rows, product([threads, 2, width, float])),
      (.quantized, product([threads, width])),
      (.normed, isDense ? product([batch, normedWidth, float]) : 0),
      (.work, isDense ? product([batch, max(shape.hidden, shape.feedForward), float]) : 0),
    ] + shape.attentionSizes.scratchParts(context: context, threads: threads)
  }
}

/// The memory of a forward pass: one mapping, cut into parts that start on cache lines.
final class Scratch {
  /// What a part holds.
  enum Part: Hashable {
    /// [batch, hidden]: the residual stream
    case hidden
    /// [batch, rows of qkv]
    case qkv
    /// [batch, heads·headDim]
    case attended
    /// [batch, feedForward]
    case gated
    /// [batch, rows of the tallest matrix], Int32
    case sums
    /// [batch, prepared bytes of the input]
    case prepared
    /// [batch]: the activation scale s of each token; NaN marks activations that were not finite
    case scales
    /// [batch, rows of o or down], where a norm stands before the residual sum
    case addend
    /// [threads, 2, widest row]: what one thread works on
    case rows
    /// [threads, widest row], Int8
    case quantized
    /// [threads, queries, scores and outputs of an attention block]
    case attention
    /// [key heads, tiles of the context, query heads of a key head, head]: one token's outputs, tile by tile
    case tileOuts
    /// [key heads, tiles of the context, query heads of a key head]: their states
    case tileStates

    /// [batch, widest input behind a norm, or a hybrid's Δ's rank]: what a norm gives before dense weights
    case normed
    /// [batch, widest of feed-forward, hidden and a hybrid's channels]: what lives within one operation
    case work

    // A hybrid's.

    /// [batch, rows of the tallest input projection]
    case projected
    /// [batch, channels]: behind the convolution
    case convolved
    /// [batch, rows of x_proj]: Δ's narrow form, B and C
    case selected
    /// [batch, channels]: the memory that gated memory units read
    case memory
    /// [batch, widest input of an output projection]
    case mixed
    /// [channels or hidden]: ones
    case ones
  }

  let sizes: any ScratchLayout
  private let buffer: AlignedBuffer
  private let offsets: [Part: Int]

  init(_ sizes: any ScratchLayout) throws {
    self.sizes = sizes
    buffer = try AlignedBuffer(bytes: sizes.bytes)
    var offset = 0
    var offsets: [Part: Int] = [:]
    for (part, bytes) in sizes.parts {
      offsets[part] = offset
      offset += Self.aligned(bytes)
    }
    self.offsets = offsets
  }

  static func aligned(_ bytes: Int) -> Int { bytes > Int.max - 63 ? Int.max : (bytes + 63) / 64 * 64 }

  func floats(_ part: Part) -> UnsafeMutablePointer<Float> { raw(part).assumingMemoryBound(to: Float.self) }

  func raw(_ part: Part) -> UnsafeMutableRawPointer { buffer.address + offsets[part]! }
}
