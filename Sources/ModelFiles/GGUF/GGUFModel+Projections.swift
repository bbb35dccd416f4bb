extension GGUFModel {
  /// The ternary weights of a projection and their scale.
  ///
  /// - Throws: `ModelFileError` that names the tensor and, where it is not ternary, the way to one that is.
  public func projection(
    _ tensor: ModelTensor, rows: Int, columns: Int, forEachRow: RowLoop
  ) throws -> TernaryTensor {
    let stored = try self.tensor(tensor)
    try stored.require(shape: [rows, columns])
    // Masters are made ternary only where the graph is that of a model which was trained so.
    let (storage, scale) = try stored.ternary(
      columns: columns, layout: i2SLayout, mayBeMasters: architecture.hasSubNorms || model.inputNormEpsilon != nil,
      refusal: architecture == .llama ? DenseWeights.refusal : nil, forEachRow: forEachRow)
    return TernaryTensor(
      rows: rows, columns: columns, scale: scale * (try outputScale(tensor)), storage: storage, order: order(of: tensor)
    )
  }

  /// Whether it is a plain llama whose first projection holds other weights than -g, 0 and +g.
  ///
  /// One row tells: that of a trained float matrix has more magnitudes than one. Graphs that BitNet models alone have
  /// are never dense: their floats are masters.
  ///
  /// - Throws: `ModelFileError` when the projection is missing.
  public func hasDenseProjections() throws -> Bool {
    guard architecture == .llama, model.layers > 0 else { return false }
    let stored = try self.tensor(.layer(0, .query))
    guard stored.type.isReadable, !stored.type.isTernary, stored.shape.count == 2 else { return false }
    return StoredMatrix(stored).firstRowHasMagnitudes
  }

  /// The floats of a projection, rows in the order of the model's.
  ///
  /// - Throws: `ModelFileError` that names the tensor.
  public func denseProjection(_ tensor: ModelTensor, rows: Int, columns: Int) throws -> StoredMatrix {
    let stored = try self.tensor(tensor)
    try stored.require(shape: [rows, columns])
    guard stored.type.isReadable, !stored.type.isTernary else {
      throw stored.error(
        "is stored as \(stored.type.name), among dense weights, which is not read; convert the original checkpoint "
          + "again")
    }
    return StoredMatrix(stored, order: order(of: tensor))
  }

  private func order(of tensor: ModelTensor) -> TernaryTensor.RowOrder {
    guard architecture.hasAdjacentPairs, case .layer(_, let part) = tensor, part == .query || part == .key else {
      return .asStored
    }
    return .adjacentPairs(headDim: model.headDim)
  }

  /// The factor of a projection's output that some files of architecture "bitnet" have, an F32 of one element.
  private func outputScale(_ tensor: ModelTensor) throws -> Float {
    guard let scale = file.tensor("\(GGUFArchitecture.name(tensor)).scale") else { return 1 }
    return try scale.finiteFloats(shape: scale.sizes.isEmpty ? [] : [1])[0]
  }
}
