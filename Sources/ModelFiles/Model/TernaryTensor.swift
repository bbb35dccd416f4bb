import Kernels

/// The weights of one projection, [rows, columns] in {-1, 0, +1} with one scale g, however the file stores them.
public struct TernaryTensor: Sendable {
  /// How the stored bytes become weights.
  enum Storage: Sendable {
    /// U8 [rows/4, columns]: byte (r, k) holds rows r, r + rows/4, r + 2·rows/4 and r + 3·rows/4 of column k in bits
    /// 0–1, 2–3, 4–5 and 6–7, as weight plus one (transformers' `pack_weights`).
    case packed(Tensor)
    /// I8 that are -1, 0 or +1.
    case bytes(Tensor)
    /// Floats that are -magnitude, 0 or +magnitude.
    case floats(StoredMatrix, magnitude: Float)
    /// Floats that are rounded to the nearest of -g, 0, +g.
    case masters(StoredMatrix, mean: Float)
    /// bitnet.cpp's two-bit codes.
    case i2S(GGUFTensor, TernaryBlocks.I2SLayout)
    /// ggml's TQ1_0 or TQ2_0, whose blocks all have the same scale, or 0, or its negative.
    case ternaryBlocks(GGUFTensor)
  }

  /// The order of the rows in the file.
  enum RowOrder: Sendable, Equatable {
    case asStored
    /// Rotary pairs (i, i + d/2) of a head lie beside each other: row 2i + h of a head is row i of its half h.
    case adjacentPairs(headDim: Int)

    /// Where a row stands in the file.
    func stored(_ row: Int) -> Int {
      guard case .adjacentPairs(let headDim) = self else { return row }
      let (head, inHead) = row.quotientAndRemainder(dividingBy: headDim)
      let (half, index) = inHead.quotientAndRemainder(dividingBy: headDim / 2)
      return head * headDim + 2 * index + half
    }

    /// Which row stands at a place of the file.
    func logical(_ place: Int) -> Int {
      guard case .adjacentPairs(let headDim) = self else { return place }
      let (head, inHead) = place.quotientAndRemainder(dividingBy: headDim)
      return head * headDim + inHead % 2 * (headDim / 2) + inHead / 2
    }
  }

  /// Output width.
  public let rows: Int
  /// Input width.
  public let columns: Int
  /// What a product of integers is multiplied by.
  public let scale: Float
  let storage: Storage
  let order: RowOrder

  init(rows: Int, columns: Int, scale: Float, storage: Storage, order: RowOrder = .asStored) {
    self.rows = rows
    self.columns = columns
    self.scale = scale
    self.storage = storage
    self.order = order
  }

  /// Writes the weights of one row; false if a stored value is not ternary.
  public func readRow(_ row: Int, into weights: UnsafeMutablePointer<Int8>) -> Bool {
    let row = order.stored(row)
    switch storage {
    case .packed(let tensor): return readPacked(tensor, row, into: weights)
    case .bytes(let tensor): return readBytes(tensor, row, into: weights)
    case .floats(let matrix, let magnitude):
      return readFloats(matrix, row) { Self.copy($0, columns, magnitude: magnitude, into: weights) }
    case .masters(let matrix, let mean):
      return readFloats(matrix, row) { values in
        AbsmeanWeights.ternarise(values, count: columns, scale: mean, into: weights)
        return true
      }
    case .i2S(let tensor, let layout):
      let codes = tensor.bytes.baseAddress! + row * columns / 4
      return TernaryBlocks.readI2S(codes, count: columns, layout: layout, into: weights)
    case .ternaryBlocks(let tensor): return readBlocks(tensor, row, into: weights)
    }
  }

  /// Makes an error about the stored tensor.
  public func error(_ problem: String) -> ModelFileError {
    switch storage {
    case .packed(let tensor), .bytes(let tensor): tensor.error(problem)
    case .floats(let matrix, _), .masters(let matrix, _): matrix.error(problem)
    case .i2S(let tensor, _), .ternaryBlocks(let tensor): tensor.error(problem)
    }
  }

  /// Tells the system that the stored bytes will not be read again soon, so that they stop counting as this process'.
  public func release() {
    switch storage {
    case .packed(let tensor), .bytes(let tensor):
      tensor.file.release(tensor.offset..<tensor.offset + tensor.byteCount)
    case .floats(let matrix, _), .masters(let matrix, _): matrix.release()
    case .i2S(let tensor, _), .ternaryBlocks(let tensor):
      tensor.file.release(tensor.offset..<tensor.offset + tensor.byteCount)
    }
  }

  // MARK: - Rows

  private func readPacked(_ tensor: Tensor, _ row: Int, into weights: UnsafeMutablePointer<Int8>) -> Bool {
    let (field, packedRow) = row.quotientAndRemainder(dividingBy: rows / 4)
    let codes = tensor.bytes.baseAddress! + packedRow * columns
    let shift = UInt8(2 * field)
    var invalid = false
    for column in 0..<columns {
      let code = codes.load(fromByteOffset: column, as: UInt8.self) &>> shift & 3
      invalid = invalid || code == 3
      weights[column] = Int8(code) - 1
    }
    return !invalid
  }

  private func readBytes(_ tensor: Tensor, _ row: Int, into weights: UnsafeMutablePointer<Int8>) -> Bool {
    let source = tensor.bytes.baseAddress! + row * columns
    var valid = true
    for column in 0..<columns {
      weights[column] = source.load(fromByteOffset: column, as: Int8.self)
      valid = valid && (-1...1).contains(weights[column])
    }
    return valid
  }

  /// A block's scale is g, its negative, or 0, which makes zeros of its codes.
  private func readBlocks(_ tensor: GGUFTensor, _ row: Int, into weights: UnsafeMutablePointer<Int8>) -> Bool {
    let (blocks, bytes) = (columns / TernaryBlocks.tqBlock, tensor.type.blockBytes)
    let source = tensor.bytes.baseAddress! + row * blocks * bytes
    var valid = true
    for block in 0..<blocks {
      let out = weights + block * TernaryBlocks.tqBlock
      let codes = source + block * bytes
      valid =
        (tensor.type == .tq1_0 ? TernaryBlocks.readTQ1(codes, into: out) : TernaryBlocks.readTQ2(codes, into: out))
        && valid
      let scale = TernaryBlocks.scale(ofBlock: codes, tensor.type)
      if scale == 0 {
        out.update(repeating: 0, count: TernaryBlocks.tqBlock)
      } else if scale < 0 {
        for i in 0..<TernaryBlocks.tqBlock { out[i] = -out[i] }
      }
    }
    return valid
  }

  private func readFloats(_ matrix: StoredMatrix, _ row: Int, _ body: (UnsafePointer<Float>) -> Bool) -> Bool {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: columns) { values in
      matrix.readRow(row, into: values.baseAddress!)
      return body(values.baseAddress!)
    }
  }

  private static func copy(
    _ values: UnsafePointer<Float>, _ count: Int, magnitude: Float, into weights: UnsafeMutablePointer<Int8>
  ) -> Bool {
    var valid = true
    for i in 0..<count {
      weights[i] = values[i] == magnitude ? 1 : values[i] == -magnitude ? -1 : 0
      valid = valid && Float(weights[i]) * magnitude == values[i]
    }
    return valid
  }
}
