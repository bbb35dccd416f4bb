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

  /// - Parameter order: that of the stored rows; a matrix within `storage` that knows its own is read by that.
  init(rows: Int, columns: Int, scale: Float, storage: Storage, order: RowOrder = .asStored) {
    self.rows = rows
    self.columns = columns
    self.scale = scale
    self.storage = storage
    self.order = order
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
}
