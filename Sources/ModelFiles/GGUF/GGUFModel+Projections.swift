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

  private func ternary(
    _ tensor: GGUFTensor, columns: Int, forEachRow: RowLoop
  ) throws -> (TernaryTensor.Storage, scale: Float) {
    switch tensor.type {
    case .i2S: return (.i2S(tensor, i2SLayout), try i2SScale(tensor, columns: columns))
    case .tq1_0, .tq2_0: return (.ternaryBlocks(tensor), try blockScale(tensor, forEachRow: forEachRow))
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
  private func blockScale(_ tensor: GGUFTensor, forEachRow: RowLoop) throws -> Float {
    let (bytes, blockBytes) = (tensor.bytes.baseAddress!, tensor.type.blockBytes)
    func bits(_ block: Int) -> UInt16 {
      TernaryBlocks.scaleBits(ofBlock: bytes + block * blockBytes, tensor.type) & 0x7fff
    }
    let blocks = tensor.byteCount / blockBytes
    // Nothing but zeros: any scale describes them.
    guard let first = (0..<blocks).first(where: { bits($0) != 0 }) else { return AbsmeanWeights.floor }
    let common = bits(first)
    let isStrange = RowFlags(blocks)
    forEachRow(blocks) { range in
      for block in range where bits(block) != common && bits(block) != 0 { isStrange.set(block) }
    }
    let scale = FloatFormats.float(half: common)
    if let block = scale.isFinite ? isStrange.first : first {
      let own = FloatFormats.float(half: bits(block))
      guard own.isFinite else {
        throw tensor.error("block \(block) has a scale of \(own); the file is damaged: download it again")
      }
      throw tensor.error(
        "has blocks of different scales, \(scale) and \(own), so it is no tensor of a BitNet model; quantize a model "
          + "that was trained ternary")
    }
    return scale
  }

  /// Floats, or blocks that stand for floats: ternary as they are, or masters of a BitNet model.
  private func ternaryFloats(
    _ tensor: GGUFTensor, forEachRow: RowLoop
  ) throws -> (TernaryTensor.Storage, scale: Float) {
    let matrix = StoredMatrix(tensor)
    if let magnitude = try matrix.commonMagnitude(forEachRow: forEachRow) {
      let magnitude = magnitude == 0 ? AbsmeanWeights.floor : magnitude
      return (.floats(matrix, magnitude: magnitude), magnitude)
    }
    let isFloat = tensor.type == .f32 || tensor.type == .f16 || tensor.type == .bf16
    // Masters are made ternary only where the graph is that of a model which was trained so.
    guard isFloat, architecture.hasSubNorms || model.inputNormEpsilon != nil else {
      throw tensor.error(
        "holds weights other than -g, 0 and +g (\(tensor.type.name)): "
          + (architecture == .llama
            ? DenseWeights.refusal
            : isFloat ? "this is no ternary model" : "convert the original checkpoint to I2_S, TQ1_0, TQ2_0 or F16"))
    }
    let scale = try matrix.meanMagnitude(forEachRow: forEachRow)
    return (.masters(matrix, mean: scale), scale)
  }

  /// The factor of a projection's output that some files of architecture "bitnet" have, an F32 of one element.
  private func outputScale(_ tensor: ModelTensor) throws -> Float {
    guard let scale = file.tensor("\(GGUFArchitecture.name(tensor)).scale") else { return 1 }
    return try scale.finiteFloats(shape: scale.sizes.isEmpty ? [] : [1])[0]
  }
}
