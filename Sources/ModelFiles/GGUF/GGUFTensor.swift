/// A named tensor in a mapped GGUF file: its type, its shape and its bytes.
public struct GGUFTensor: Sendable {
  /// The name in the file.
  public let name: String
  /// How weights are encoded.
  public let type: GGMLType
  /// Sizes as the file has them, the fastest dimension first: [columns, rows, …].
  public let sizes: [Int]
  /// Where the bytes begin in the file.
  public let offset: Int
  /// How many bytes there are.
  public let byteCount: Int
  /// The product of the sizes.
  public let elements: Int
  /// The file, which stays mapped as long as the tensor is held.
  public let file: MappedFile

  /// Sizes, the slowest dimension first, as other containers state them.
  public var shape: [Int] { sizes.reversed() }

  /// The stored bytes.
  public var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: file.bytes[offset..<offset + byteCount])
  }

  /// Makes an error about this tensor.
  public func error(_ problem: String) -> ModelFileError {
    ModelFileError(file: file.path, part: name, problem: problem)
  }

  /// Checks the shape, the slowest dimension first.
  ///
  /// - Throws: `ModelFileError` that names the file and the tensor.
  public func require(shape expected: [Int]) throws {
    guard shape == expected else { throw error("has shape \(shape), but the metadata calls for \(expected)") }
  }
}
