import Kernels

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
    guard ropeTheta.isFinite, ropeTheta > 0 else { throw error("ropeTheta is \(ropeTheta); it must be positive") }
    guard rmsNormEpsilon.isFinite, rmsNormEpsilon >= 0 else {
      throw error("rmsNormEpsilon is \(rmsNormEpsilon); it must not be negative")
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

  /// Checks that the embedding and the head can be stored in a format.
  ///
  /// - Throws: `EngineError` that names the shape, its hidden width and the formats that would do.
  public func validate(head: DenseFormat) throws {
    if let refusal = head.refusal(columns: hidden) {
      throw error("a head of hidden width \(hidden) cannot be stored as \(head.rawValue): \(refusal)")
    }
  }

  /// Above every published model; a layer count times a product of two such sizes still fits 64 bits.
  private static let sizeMax = 1 << 20

  private func error(_ problem: String) -> EngineError { EngineError(.shape, "shape \(name): \(problem)") }
}
