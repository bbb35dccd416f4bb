import Kernels
import ModelFiles

extension TransformerShape {
  /// Checks that the shape can be run: positive sizes, heads that divide, no product that overflows.
  ///
  /// - Throws: `EngineError` that names the shape, the size and what it should be.
  public func validate() throws {
    let sizes = [
      ("hidden", hidden), ("layers", layers), ("heads", heads), ("kvHeads", kvHeads), ("headDim", headDim),
      ("feedForward", feedForward), ("vocabulary", vocabulary), ("context", context),
    ]
    for (size, value) in sizes where !(1...Self.sizeMax).contains(value) {
      throw error("\(size) is \(value); it must be in 1...\(Self.sizeMax)")
    }
    guard heads.isMultiple(of: kvHeads) else { throw error("\(kvHeads) key heads do not divide \(heads) query heads") }
    guard headDim.isMultiple(of: 2) else {
      throw error("headDim is \(headDim); rotary positions turn pairs: make it even")
    }
    guard turnedDim.isMultiple(of: 2), (2...headDim).contains(turnedDim) else {
      throw error("rotaryDim is \(turnedDim); it must be an even number of the \(headDim) of a head")
    }
    guard ropeTheta.isFinite, ropeTheta > 0 else { throw error("ropeTheta is \(ropeTheta); it must be positive") }
    guard rmsNormEpsilon.isFinite, rmsNormEpsilon >= 0 else {
      throw error("rmsNormEpsilon is \(rmsNormEpsilon); it must not be negative")
    }
    if let epsilon = inputNormEpsilon, !epsilon.isFinite || epsilon < 0 {
      throw error("inputNormEpsilon is \(epsilon); it must not be negative")
    }
    for (scale, value) in [("embeddingScale", embeddingScale), ("attentionScale", attentionScale ?? 1)] {
      guard value.isFinite, value > 0 else { throw error("\(scale) is \(value); it must be positive") }
    }
    if let local = localAttention {
      guard local.window > 0 else { throw error("a token of a local layer sees \(local.window) positions: at least 1") }
      guard local.isLocal.count == layers else {
        throw error("\(local.isLocal.count) layers are said to be local or not; there are \(layers)")
      }
      guard local.ropeTheta.isFinite, local.ropeTheta > 0 else {
        throw error("the ropeTheta of local layers is \(local.ropeTheta); it must be positive")
      }
    }
    if let format = denseWeights, !DenseFormat.floats.contains(format) {
      throw error("matrices in \(format.rawValue) are not multiplied here; use f32, f16 or bf16")
    }
    for matrix in matrices where matrix.columns > Packing.columnsMax {
      throw error(
        "\(matrix.role.name) has \(matrix.columns) columns; above \(Packing.columnsMax) a sum could overflow Int32")
    }
    // Two widths of at most 24 bits each, so that a layer's count fits; only the layers can make it overflow.
    let ofOneLayer = matrices.reduce(0) { $0 + $1.rows * $1.columns }
    guard !layers.multipliedReportingOverflow(by: 2 * ofOneLayer).overflow else {
      throw error("\(layers) layers of \(ofOneLayer) weights are more than 64 bits can count")
    }
  }

  /// Above every published model; a layer count times a product of two such sizes still fits 64 bits.
  private static let sizeMax = 1 << 20

  private func error(_ problem: String) -> EngineError { EngineError(.shape, "shape \(name): \(problem)") }
}
