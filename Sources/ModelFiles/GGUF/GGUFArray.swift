/// An array of a GGUF file's metadata, left in the mapped file until somebody asks for its elements.
///
/// A vocabulary has a hundred thousand strings, which most readers never look at. Lengths are checked when the file is
/// opened, so that decoding cannot leave the file.
public struct GGUFArray: Sendable, Equatable {
  /// The type of every element.
  public let elementType: GGUFValueType
  /// The number of elements.
  public let count: Int
  private let storage: Storage

  private enum Storage: Sendable {
    case mapped(MappedFile, Range<Int>)
    case owned([UInt8])
  }

  init(elementType: GGUFValueType, count: Int, file: MappedFile, range: Range<Int>) {
    self.elementType = elementType
    self.count = count
    storage = .mapped(file, range)
  }

  private init(_ elementType: GGUFValueType, count: Int, bytes: [UInt8]) {
    self.elementType = elementType
    self.count = count
    storage = .owned(bytes)
  }

  /// Makes an array of strings.
  public init(_ strings: [String]) {
    var bytes: [UInt8] = []
    for text in strings {
      let utf8 = Array(text.utf8)
      withUnsafeBytes(of: UInt64(utf8.count).littleEndian) { bytes.append(contentsOf: $0) }
      bytes += utf8
    }
    self.init(.string, count: strings.count, bytes: bytes)
  }

  /// Makes an array of Int32.
  public init(_ numbers: [Int32]) {
    let bytes = numbers.flatMap { withUnsafeBytes(of: $0.littleEndian, Array.init) }
    self.init(.int32, count: numbers.count, bytes: bytes)
  }

  /// Makes an array of Float.
  public init(_ numbers: [Float]) {
    let bytes = numbers.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }
    self.init(.float32, count: numbers.count, bytes: bytes)
  }

  /// The elements as they lie in the file, without type and count.
  public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    switch storage {
    case .mapped(let file, let range): try body(UnsafeRawBufferPointer(rebasing: file.bytes[range]))
    case .owned(let bytes): try bytes.withUnsafeBytes(body)
    }
  }

  /// All elements; arrays in it stay undecoded.
  public func values() -> [GGUFValue] {
    withBytes { bytes in
      var cursor = GGUFCursor(bytes: bytes, path: "")
      // The same steps succeeded when the file was opened, or the bytes are our own.
      return (0..<count).compactMap { _ in
        try? cursor.value(elementType, of: "an element", makeArray: makeArray)
      }
    }
  }

  /// The elements, if they are strings; bytes that are no UTF-8 are replaced.
  public func strings() -> [String]? {
    guard elementType == .string else { return nil }
    // A vocabulary with its merges has half a million of them, so that no value is made of each.
    return withBytes { bytes in
      var cursor = GGUFCursor(bytes: bytes, path: "")
      let strings = (0..<count).compactMap { _ in
        (try? cursor.stringBytes("an element")).map { String(decoding: $0, as: UTF8.self) }
      }
      return strings.count == count ? strings : nil
    }
  }

  /// The elements, if they are integers that fit an Int.
  public func integers() -> [Int]? {
    let integers = values().compactMap(\.integer)
    return integers.count == count ? integers : nil
  }

  /// The elements, if they are numbers.
  public func floats() -> [Float]? {
    let numbers = values().compactMap(\.number)
    return numbers.count == count ? numbers.map(Float.init) : nil
  }

  private func makeArray(_ type: GGUFValueType, _ count: Int, _ range: Range<Int>) -> GGUFArray {
    switch storage {
    case .mapped(let file, let own):
      GGUFArray(
        elementType: type, count: count, file: file,
        range: own.lowerBound + range.lowerBound..<own.lowerBound + range.upperBound)
    case .owned(let bytes): GGUFArray(type, count: count, bytes: Array(bytes[range]))
    }
  }

  /// Whether types, counts and bytes agree.
  public static func == (one: GGUFArray, other: GGUFArray) -> Bool {
    guard one.elementType == other.elementType, one.count == other.count else { return false }
    return one.withBytes { bytes in other.withBytes { bytes.elementsEqual($0) } }
  }
}
