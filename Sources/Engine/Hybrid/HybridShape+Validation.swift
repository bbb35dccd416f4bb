import Kernels
import ModelFiles

extension HybridShape {
  /// Checks that the shape can be run: positive sizes, layers in fours, heads in pairs, no product that overflows.
  ///
  /// - Throws: `EngineError` that names the shape, the size and what it should be.
  public func validate() throws {
    let sizes = [
      ("hidden", hidden), ("layers", layers), ("heads", heads), ("kvHeads", kvHeads), ("feedForward", feedForward),
      ("vocabulary", vocabulary), ("window", window), ("channels", channels), ("state", state),
      ("convolution", convolution), ("deltaRank", deltaRank), ("context", context),
    ]
    for (size, value) in sizes where !(1...Self.sizeMax).contains(value) {
      throw error("\(size) is \(value); it must be in 1...\(Self.sizeMax)")
    }
    guard layers.isMultiple(of: 4) else {
      throw error("layers is \(layers); it must be a multiple of 4: both halves alternate two kinds of layers")
    }
    guard hidden.isMultiple(of: heads) else { throw error("\(heads) heads do not divide a hidden width of \(hidden)") }
    guard kvHeads.isMultiple(of: 2) else {
      throw error("kvHeads is \(kvHeads); differential attention pairs heads: make it even")
    }
    guard heads.isMultiple(of: kvHeads) else { throw error("\(kvHeads) key heads do not divide \(heads) query heads") }
    guard layerNormEpsilon.isFinite, layerNormEpsilon >= 0 else {
      throw error("layerNormEpsilon is \(layerNormEpsilon); it must not be negative")
    }
    if let format = denseWeights, DenseFormat.floats.contains(format) == false {
      throw error("matrices in \(format.rawValue) are not multiplied here; use f32, f16 or bf16")
    }
    for matrix in LayerKind.allCases.flatMap(matrices) where matrix.columns > Packing.columnsMax {
      throw error(
        "a matrix has \(matrix.columns) columns; above \(Packing.columnsMax) a sum could overflow Int32")
    }
  }

  /// Above every published model; a layer count times a product of two such sizes still fits 64 bits.
  private static let sizeMax = 1 << 20

  private func error(_ problem: String) -> EngineError { EngineError(.shape, "shape \(name): \(problem)") }
}

extension DenseFormat {
  /// The formats of single numbers: products with them are those of the numbers.
  static let floats: [DenseFormat] = [.f32, .f16, .bf16]
}
