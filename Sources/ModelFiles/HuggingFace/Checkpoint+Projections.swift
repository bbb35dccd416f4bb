import Kernels

extension Checkpoint {
  /// Finds the ternary weights of a projection, [rows, columns], and its scale.
  ///
  /// - Parameter forEachRow: used for masters alone, whose scale is found by reading them all.
  /// - Throws: `ModelFileError` when the tensor or its scale is missing, has the wrong shape or type, or the scale is
  ///   not a positive number.
  public func projection(
    _ name: String, rows: Int, columns: Int, forEachRow: RowLoop
  ) throws -> TernaryTensor {
    let tensor = try tensor("\(name).weight")
    guard configuration.quantization != .dense else { throw tensor.error(DenseWeights.refusal) }
    if configuration.quantization == .online {
      try tensor.requireFloats(shape: [rows, columns])
      let masters = StoredMatrix(tensor)
      let scale = try masters.meanMagnitude(forEachRow: forEachRow)
      return TernaryTensor(rows: rows, columns: columns, scale: scale, storage: .masters(masters, mean: scale))
    }
    let storage = try Self.storage(of: tensor, rows: rows, columns: columns)
    return TernaryTensor(rows: rows, columns: columns, scale: try storedScale(name), storage: storage)
  }

  /// Offline weights are packed four rows to a byte, or left unpacked: the type and the shape tell which.
  private static func storage(of tensor: Tensor, rows: Int, columns: Int) throws -> TernaryTensor.Storage {
    switch (tensor.type, tensor.shape) {
    case (.u8, [rows / 4, columns]) where rows.isMultiple(of: 4): return .packed(tensor)
    case (.i8, [rows, columns]): return .bytes(tensor)
    case (.f32, [rows, columns]), (.f16, [rows, columns]), (.bf16, [rows, columns]):
      return .floats(StoredMatrix(tensor), magnitude: 1)
    default:
      throw tensor.error(
        "is \(tensor.type.rawValue) \(tensor.shape); packed ternary weights of [\(rows), \(columns)] are "
          + "U8 [\(rows / 4), \(columns)], unpacked ones F32, F16, BF16 or I8 [\(rows), \(columns)]")
    }
  }

  /// `weight_scale` is g or 1/g by the linear class; its size says nothing about which.
  private func storedScale(_ name: String) throws -> Float {
    let tensor = try tensor("\(name).weight_scale")
    // Published as [1]; a scalar without dimensions is the same number.
    let stored = try tensor.finiteFloats(shape: tensor.shape.isEmpty ? [] : [1])[0]
    let scale = configuration.quantization == .offlineDivisor ? 1 / stored : stored
    guard scale.isNormal, scale > 0 else {
      throw tensor.error("is \(stored), which is no scale; the file is damaged: download it again")
    }
    return scale
  }
}
