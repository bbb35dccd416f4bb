import Kernels

extension GGUFModel {
  /// The ternary weights of a projection and their scale.
  ///
  /// - Throws: `ModelFileError` that names the tensor and, where it is not ternary, the way to one that is.
  public func projection(
    _ tensor: ModelTensor, rows: Int, columns: Int, forEachRow: RowLoop
  ) throws -> TernaryTensor {
    let stored = try self.tensor(tensor)
    try stored.require(shape: [rows, columns])
    let (storage, scale) = try ternary(stored, columns: columns, forEachRow: forEachRow)
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

  private func ternary(
    _ tensor: GGUFTensor, columns: Int, forEachRow: RowLoop
  ) throws -> (TernaryTensor.Storage, scale: Float) {
    switch tensor.type {
    case .i2S: return (.i2S(tensor, i2SLayout), try i2SScale(tensor, columns: columns))
    case .tq1_0, .tq2_0: return (.ternaryBlocks(tensor), try blockScale(tensor))
    case _ where tensor.type.isReadable: return try ternaryFloats(tensor, forEachRow: forEachRow)
    default:
      throw tensor.error("is stored as \(tensor.type.name), which is not read; convert the original checkpoint again")
    }
  }

  private func i2SScale(_ tensor: GGUFTensor, columns: Int) throws -> Float {
    let block = i2SLayout.weights
    guard columns.isMultiple(of: block) else {
      throw tensor.error(
        "has rows of \(columns) as I2_S, whose blocks of \(block) would cross them, and programs do not agree on how; "
          + "convert the original checkpoint with --type q8_0 or f16")
    }
    let scale = tensor.i2SScale
    guard scale.isNormal, scale > 0 else {
      throw tensor.error(
        "has a scale of \(scale); bitnet.cpp's llama-quantize spoils I2_S with more than one thread: quantize again "
          + "with one")
    }
    return scale
  }

  /// The one magnitude of all block scales; blocks of zeros have a scale of 0.
  private func blockScale(_ tensor: GGUFTensor) throws -> Float {
    var scale: Float = 0
    for block in 0..<tensor.byteCount / tensor.type.blockBytes {
      let own = TernaryBlocks.scale(
        ofBlock: tensor.bytes.baseAddress! + block * tensor.type.blockBytes, tensor.type
      ).magnitude
      guard own.isFinite else {
        throw tensor.error("block \(block) has a scale of \(own); the file is damaged: download it again")
      }
      if scale == 0 { scale = own }
      guard own == scale || own == 0 else {
        throw tensor.error(
          "has blocks of different scales, \(scale) and \(own), so it is no tensor of a BitNet model; quantize a model "
            + "that was trained ternary")
      }
    }
    // Nothing but zeros: any scale describes them.
    return scale == 0 ? AbsmeanWeights.floor : scale
  }

  /// Floats, or blocks that stand for floats: ternary as they are, or masters of a BitNet model.
  private func ternaryFloats(
    _ tensor: GGUFTensor, forEachRow: RowLoop
  ) throws -> (TernaryTensor.Storage, scale: Float) {
    let matrix = StoredMatrix(tensor)
    let statistics = WeightStatistics(matrix, forEachRow: forEachRow)
    let masterScale = try matrix.ternaryScale(statistics)
    if let magnitude = statistics.magnitude {
      let magnitude = magnitude == 0 ? AbsmeanWeights.floor : magnitude
      return (.floats(matrix, magnitude: magnitude), magnitude)
    }
    let isFloat = tensor.type == .f32 || tensor.type == .f16 || tensor.type == .bf16
    // Masters are made ternary only where the graph is that of a model which was trained so.
    guard isFloat, architecture.hasSubNorms || model.inputNormEpsilon != nil else {
      throw tensor.error(
        "holds weights other than -g, 0 and +g (\(tensor.type.name)): "
          + (isFloat ? "this is no ternary model" : "convert the original checkpoint to I2_S, TQ1_0, TQ2_0 or F16"))
    }
    return (.masters(matrix, mean: masterScale), masterScale)
  }

  /// The factor of a projection's output that some files of architecture "bitnet" have, an F32 of one element.
  private func outputScale(_ tensor: ModelTensor) throws -> Float {
    guard let scale = file.tensor("\(GGUFArchitecture.name(tensor)).scale") else { return 1 }
    return try scale.finiteFloats(shape: scale.sizes.isEmpty ? [] : [1])[0]
  }
}
