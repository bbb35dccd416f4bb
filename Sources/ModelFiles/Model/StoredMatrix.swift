import Kernels

/// A float matrix [rows, columns] as a file stores it, read row by row.
public struct StoredMatrix: Sendable {
  private enum Storage: Sendable {
    case safetensors(Tensor)
    case gguf(GGUFTensor)
  }

  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  private let storage: Storage
  /// The row of the stored tensor with which the matrix begins.
  private var firstRow = 0
  /// The order of the rows in the file.
  let order: TernaryTensor.RowOrder

  /// A tensor of F32, F16 or BF16 with two dimensions.
  init(_ tensor: Tensor) {
    (rows, columns) = (tensor.shape[0], tensor.shape[1])
    storage = .safetensors(tensor)
    order = .asStored
  }

  /// A tensor of a readable type with two dimensions.
  init(_ tensor: GGUFTensor, order: TernaryTensor.RowOrder = .asStored) {
    (rows, columns) = (tensor.shape[0], tensor.shape[1])
    storage = .gguf(tensor)
    self.order = order
  }

  private init(_ matrix: StoredMatrix, rows: Range<Int>) {
    self.rows = rows.count
    (columns, storage, firstRow) = (matrix.columns, matrix.storage, matrix.firstRow + rows.lowerBound)
    order = .asStored
  }

  /// Some rows of it, as a matrix of their own; it is in the order of the file.
  func rows(_ range: Range<Int>) -> StoredMatrix {
    precondition(order == .asStored && range.lowerBound >= 0 && range.upperBound <= rows)
    return StoredMatrix(self, rows: range)
  }

  /// Where a row stands in `bytes`.
  public func place(ofRow row: Int) -> Int { order.stored(row) }

  /// The format whose bytes these are; nil where no dense kernel reads them as they are.
  public var denseFormat: DenseFormat? {
    switch storage {
    case .safetensors(let tensor):
      switch tensor.type {
      case .f32: .f32
      case .f16: .f16
      case .bf16: .bf16
      default: nil
      }
    case .gguf(let tensor):
      switch tensor.type {
      case .f32: .f32
      case .f16: .f16
      case .bf16: .bf16
      case .q8_0: .q8
      case .q6K: .q6k
      case .q4_0: .q4
      default: nil
      }
    }
  }

  /// The format in which a product with float activations is that of the stored weights.
  ///
  /// Kernels for blocks round the activations to eight bits; so blocks are expanded to f32 unless somebody asks for
  /// speed.
  public var exactFormat: DenseFormat {
    switch denseFormat {
    case .f16: .f16
    case .bf16: .bf16
    default: .f32
    }
  }

  /// How single weights are encoded, for those who look at their bits.
  enum Encoding {
    case half
    case bfloat
    /// Anything that `readRow` makes floats of.
    case other
  }

  /// How single weights are encoded.
  var encoding: Encoding {
    switch denseFormat {
    case .f16: .half
    case .bf16: .bfloat
    default: .other
    }
  }

  /// Where a row of halves or bfloats begins.
  func rowAddress(_ row: Int) -> UnsafeRawPointer { bytes.baseAddress! + order.stored(row) * columns * 2 }

  /// The type that a GGUF file has for these bytes.
  var ggml: GGMLType {
    switch storage {
    case .safetensors(let tensor): tensor.type == .f32 ? .f32 : tensor.type == .f16 ? .f16 : .bf16
    case .gguf(let tensor): tensor.type
    }
  }

  /// The type's name in the file.
  public var typeName: String {
    switch storage {
    case .safetensors(let tensor): tensor.type.rawValue
    case .gguf(let tensor): tensor.type.name
    }
  }

  /// All rows as they are stored.
  public var bytes: UnsafeRawBufferPointer {
    switch storage {
    case .safetensors(let tensor): UnsafeRawBufferPointer(rebasing: tensor.bytes[range])
    case .gguf(let tensor): UnsafeRawBufferPointer(rebasing: tensor.bytes[range])
    }
  }

  /// The bytes of the stored tensor that are its rows.
  private var range: Range<Int> {
    let rowBytes = columns / ggml.blockWeights * ggml.blockBytes
    return firstRow * rowBytes..<(firstRow + rows) * rowBytes
  }

  /// Decodes one row into `columns` floats.
  public func readRow(_ row: Int, into out: UnsafeMutablePointer<Float>) {
    let row = order.stored(row)
    switch storage {
    case .safetensors(let tensor): tensor.readFloats(from: (firstRow + row) * columns, count: columns, into: out)
    case .gguf(let tensor): tensor.readFloats(from: (firstRow + row) * columns, count: columns, into: out)
    }
  }

  /// Tells the system that the stored bytes will not be read again soon, so that they stop counting as this process'.
  public func release() {
    let (file, offset) =
      switch storage {
      case .safetensors(let tensor): (tensor.file, tensor.offset)
      case .gguf(let tensor): (tensor.file, tensor.offset)
      }
    file.release(offset + range.lowerBound..<offset + range.upperBound)
  }

  /// Makes an error about the stored tensor.
  public func error(_ problem: String) -> ModelFileError {
    switch storage {
    case .safetensors(let tensor): tensor.error(problem)
    case .gguf(let tensor): tensor.error(problem)
    }
  }
}
