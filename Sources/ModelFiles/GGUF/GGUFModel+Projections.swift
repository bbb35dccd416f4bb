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
      forEachRow: forEachRow)
    return TernaryTensor(
      rows: rows, columns: columns, scale: scale * (try outputScale(tensor)), storage: storage, order: order(of: tensor)
    )
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
