import Kernels

extension Checkpoint {
  /// Finds the ternary weights of a projection, [rows, columns], and its scale.
  ///
  /// - Parameter absoluteSum: gives Σ|w| over all elements of a float tensor; asked for masters alone, because that
  ///   reads them all and a caller has threads.
  /// - Throws: `ModelFileError` when the tensor or its scale is missing, has the wrong shape or type, or the scale is
  ///   not a positive number.
  public func projection(
    _ name: String, rows: Int, columns: Int, absoluteSum: (Tensor) -> Double
  ) throws -> TernaryTensor {
    let tensor = try tensor("\(name).weight")
    func ternary(_ storage: TernaryTensor.Storage, scale: Float) -> TernaryTensor {
      TernaryTensor(rows: rows, columns: columns, scale: scale, tensor: tensor, storage: storage)
    }
    if configuration.quantization == .online {
      try tensor.requireFloats(shape: [rows, columns])
      return ternary(.masters, scale: try meanMagnitude(of: tensor, absoluteSum: absoluteSum))
    }
    let storage = try Self.storage(of: tensor, rows: rows, columns: columns)
    return ternary(storage, scale: try storedScale(name))
  }

  /// Offline weights are packed four rows to a byte, or left unpacked: the type and the shape tell which.
  private static func storage(of tensor: Tensor, rows: Int, columns: Int) throws -> TernaryTensor.Storage {
    switch (tensor.type, tensor.shape) {
    case (.u8, [rows / 4, columns]) where rows.isMultiple(of: 4): return .packed
    case (.i8, [rows, columns]): return .ternaryBytes
    case (.f32, [rows, columns]), (.f16, [rows, columns]), (.bf16, [rows, columns]): return .ternaryFloats
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

  /// g of masters: the mean magnitude of the whole tensor, at least `AbsmeanWeights.floor`.
  private func meanMagnitude(of tensor: Tensor, absoluteSum: (Tensor) -> Double) throws -> Float {
    let mean = Float(absoluteSum(tensor) / Double(max(tensor.elements, 1)))
    guard mean.isFinite else {
      throw tensor.error("holds a weight that is not finite; the file is damaged: download it again")
    }
    return max(mean, AbsmeanWeights.floor)
  }
}
