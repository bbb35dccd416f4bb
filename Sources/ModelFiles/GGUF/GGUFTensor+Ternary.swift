import Kernels

extension GGUFTensor {
  /// How the stored bytes become ternary weights in rows of `columns`, and their scale.
  ///
  /// - Parameters:
  ///   - mayBeMasters: whether floats that are not ternary are the masters of a ternary model.
  ///   - refusal: what is said of weights that are neither, where there is more to say than that they are not.
  ///   - forEachRow: used where a scale is found only by reading all weights.
  /// - Throws: `ModelFileError` that names the tensor and, where it is not ternary, the way to one that is.
  func ternary(
    columns: Int, layout: TernaryBlocks.I2SLayout, mayBeMasters: Bool, refusal: String? = nil, forEachRow: RowLoop
  ) throws -> (TernaryTensor.Storage, scale: Float) {
    switch type {
    case .i2S: return (.i2S(self, layout), try i2SScale(columns: columns, layout: layout))
    case .tq1_0, .tq2_0: return (.ternaryBlocks(self), try blockScale(forEachRow: forEachRow))
    case _ where type.isReadable:
      return try ternaryFloats(mayBeMasters: mayBeMasters, refusal: refusal, forEachRow: forEachRow)
    default: throw error("is stored as \(type.name), which is not read; convert the original checkpoint again")
    }
  }

  private func i2SScale(columns: Int, layout: TernaryBlocks.I2SLayout) throws -> Float {
    let block = layout.weights
    guard columns.isMultiple(of: block) else {
      throw error(
        "has rows of \(columns) as I2_S, whose blocks of \(block) would cross them, and programs do not agree on how; "
          + "convert the original checkpoint with --type q8_0 or f16")
    }
    let scale = i2SScale
    guard scale.isNormal, scale > 0 else {
      throw error(
        "has a scale of \(scale); bitnet.cpp's llama-quantize spoils I2_S with more than one thread: quantize again "
          + "with one")
    }
    return scale
  }

  /// The one magnitude of all block scales; blocks of zeros have a scale of 0.
  private func blockScale(forEachRow: RowLoop) throws -> Float {
    let (bytes, blockBytes, type) = (bytes.baseAddress!, type.blockBytes, type)
    func bits(_ block: Int) -> UInt16 {
      TernaryBlocks.scaleBits(ofBlock: bytes + block * blockBytes, type) & 0x7fff
    }
    let blocks = byteCount / blockBytes
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
        throw error("block \(block) has a scale of \(own); the file is damaged: download it again")
      }
      throw error(
        "has blocks of different scales, \(scale) and \(own), so it is no tensor of a BitNet model; quantize a model "
          + "that was trained ternary")
    }
    return scale
  }

  /// Floats, or blocks that stand for floats: ternary as they are, or masters of a BitNet model.
  private func ternaryFloats(
    mayBeMasters: Bool, refusal: String?, forEachRow: RowLoop
  ) throws -> (TernaryTensor.Storage, scale: Float) {
    let matrix = StoredMatrix(self)
    if let magnitude = try matrix.commonMagnitude(forEachRow: forEachRow) {
      let magnitude = magnitude == 0 ? AbsmeanWeights.floor : magnitude
      return (.floats(matrix, magnitude: magnitude), magnitude)
    }
    let isFloat = type == .f32 || type == .f16 || type == .bf16
    guard isFloat, mayBeMasters else {
      let usual = isFloat ? "this is no ternary model" : "convert the original checkpoint to I2_S, TQ1_0, TQ2_0 or F16"
      throw error("holds weights other than -g, 0 and +g (\(type.name)): \(refusal ?? usual)")
    }
    let scale = try matrix.meanMagnitude(forEachRow: forEachRow)
    return (.masters(matrix, mean: scale), scale)
  }
}
