/// One safetensors file: mapped, its header checked against the bytes that are there.
///
/// After `init` every tensor lies inside the file, has the size that its shape and type call for, and shares no byte
/// with another.
public struct SafetensorsFile: Sendable {
  /// The mapped file.
  public let file: MappedFile
  /// Tensors by name.
  public let tensors: [String: Tensor]

  /// Opens and checks a file.
  ///
  /// - Throws: `ModelFileError` that names the file, the tensor and what is wrong with it.
  public init(path: String) throws {
    let file = try MappedFile(path: path)
    let header = try SafetensorsHeader(of: file)
    self.file = file
    tensors = try Dictionary(
      uniqueKeysWithValues: header.entries.map { name, entry in
        (name, try Self.tensor(name, entry, in: file, dataStart: header.dataStart))
      })
    try checkOverlaps()
  }

  private static func tensor(
    _ name: String, _ entry: SafetensorsHeader.Entry, in file: MappedFile, dataStart: Int
  ) throws -> Tensor {
    func error(_ problem: String) -> ModelFileError { ModelFileError(file: file.path, part: name, problem: problem) }
    guard let type = ElementType(rawValue: entry.dtype) else {
      throw error("dtype \"\(entry.dtype)\" is not a type of safetensors")
    }
    guard entry.dataOffsets.count == 2 else {
      throw error("data_offsets has \(entry.dataOffsets.count) numbers instead of 2")
    }
    let (begin, end) = (entry.dataOffsets[0], entry.dataOffsets[1])
    let dataBytes = file.bytes.count - dataStart
    guard 0 <= begin, begin <= end, end <= dataBytes else {
      throw error("data_offsets [\(begin), \(end)] lie outside the file's \(dataBytes) bytes of data; was it cut off?")
    }
    guard let expected = byteCount(entry.shape, type) else {
      throw error("shape \(entry.shape) has a negative size or is too large for any memory")
    }
    guard expected == end - begin else {
      throw error("shape \(entry.shape) of \(type.rawValue) needs \(expected) bytes; data_offsets give \(end - begin)")
    }
    return Tensor(
      name: name, type: type, shape: entry.shape, offset: dataStart + begin, byteCount: expected, file: file)
  }

  /// Elements times bytes of one, or nil if a size is negative or a product overflows.
  private static func byteCount(_ shape: [Int], _ type: ElementType) -> Int? {
    var product = type.bytes
    for size in shape {
      let (next, overflow) = product.multipliedReportingOverflow(by: size)
      if size < 0 || overflow { return nil }
      product = next
    }
    return product
  }

  private func checkOverlaps() throws {
    let inOrder = tensors.values.filter { $0.byteCount > 0 }.sorted { ($0.offset, $0.name) < ($1.offset, $1.name) }
    for (one, next) in zip(inOrder, inOrder.dropFirst()) where one.offset + one.byteCount > next.offset {
      throw next.error("shares bytes with \(one.name); the header is damaged: download the file again")
    }
  }
}
