/// A named tensor in a mapped file: its type, its shape and its bytes, row-major and possibly unaligned.
public struct Tensor: Sendable {
  /// The name in the file.
  public let name: String
  /// How elements are encoded.
  public let type: ElementType
  /// Sizes, the slowest dimension first.
  public let shape: [Int]
  /// Where the bytes begin in the file.
  public let offset: Int
  /// How many bytes there are: elements times bytes of one.
  public let byteCount: Int
  /// The file, which stays mapped as long as the tensor is held.
  public let file: MappedFile

  /// The product of the shape.
  public var elements: Int { byteCount / type.bytes }

  /// The stored bytes.
  public var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: file.bytes[offset..<offset + byteCount])
  }

  /// Makes an error about this tensor.
  public func error(_ problem: String) -> ModelFileError {
    ModelFileError(file: file.path, part: name, problem: problem)
  }
}
