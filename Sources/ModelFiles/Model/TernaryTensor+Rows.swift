import Kernels

extension TernaryTensor {
  /// Writes the weights of one row; false if a stored value is not ternary.
  ///
  /// Values are checked by flags that gather over the whole row: a model has billions of them, and damage is rare.
  public func readRow(_ row: Int, into weights: UnsafeMutablePointer<Int8>) -> Bool {
    let row = order.stored(row)
    switch storage {
    case .packed(let tensor): return readPacked(tensor, row, into: weights)
    case .bytes(let tensor): return readBytes(tensor, row, into: weights)
    case .floats(let matrix, let magnitude): return matrix.readTernaryRow(row, magnitude: magnitude, into: weights)
    case .masters(let matrix, let mean):
      matrix.withRow(row) { AbsmeanWeights.ternarise($0, count: columns, scale: mean, into: weights) }
      return true
    case .i2S(let tensor, let layout):
      let codes = tensor.bytes.baseAddress! + row * columns / 4
      return TernaryBlocks.readI2S(codes, count: columns, layout: layout, into: weights)
    case .ternaryBlocks(let tensor):
      return tensor.type == .tq1_0
        ? readBlocks(tensor, row, into: weights, TernaryBlocks.readTQ1)
        : readBlocks(tensor, row, into: weights, TernaryBlocks.readTQ2)
    }
  }

  private func readPacked(_ tensor: Tensor, _ row: Int, into weights: UnsafeMutablePointer<Int8>) -> Bool {
    let (field, packedRow) = row.quotientAndRemainder(dividingBy: rows / 4)
    let shift = UInt64(2 * field)
    var invalid: UInt64 = 0
    WeightWord.map(tensor.bytes.baseAddress! + packedRow * columns, count: columns, into: weights) { packed in
      let codes = packed &>> shift & WeightWord.codeMask
      invalid |= WeightWord.invalid(codes)
      return WeightWord.weights(ofCodes: codes)
    }
    return invalid == 0
  }

  private func readBytes(_ tensor: Tensor, _ row: Int, into weights: UnsafeMutablePointer<Int8>) -> Bool {
    var invalid: UInt64 = 0
    WeightWord.map(tensor.bytes.baseAddress! + row * columns, count: columns, into: weights) { bytes in
      let codes = WeightWord.codes(ofWeights: bytes)
      invalid |= codes & ~WeightWord.codeMask | WeightWord.invalid(codes)
      return bytes
    }
    return invalid == 0
  }

  /// A block's scale is g, its negative, or 0, which makes zeros of its codes.
  @inline(__always)
  private func readBlocks(
    _ tensor: GGUFTensor, _ row: Int, into weights: UnsafeMutablePointer<Int8>,
    _ read: (UnsafeRawPointer, UnsafeMutablePointer<Int8>) -> Bool
  ) -> Bool {
    let (blocks, bytes) = (columns / TernaryBlocks.tqBlock, tensor.type.blockBytes)
    let source = tensor.bytes.baseAddress! + row * blocks * bytes
    var isValid = true
    for block in 0..<blocks {
      let out = weights + block * TernaryBlocks.tqBlock
      let codes = source + block * bytes
      // Not `&&`, which would leave later blocks unread.
      if !read(codes, out) { isValid = false }
      let scale = TernaryBlocks.scaleBits(ofBlock: codes, tensor.type)
      if scale & 0x7fff == 0 {
        out.update(repeating: 0, count: TernaryBlocks.tqBlock)
      } else if scale & 0x8000 != 0 {
        for i in 0..<TernaryBlocks.tqBlock { out[i] = 0 &- out[i] }
      }
    }
    return isValid
  }
}
