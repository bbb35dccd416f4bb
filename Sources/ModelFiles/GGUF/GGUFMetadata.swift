/// The metadata of a GGUF file: keys with values, in the order of the file.
public struct GGUFMetadata: Sendable {
  /// One key.
  public struct Entry: Sendable {
    /// Its name.
    public let key: String
    /// Its value.
    public let value: GGUFValue
    /// Where its type and its value lie in the file.
    let range: Range<Int>
  }

  /// All keys.
  public let entries: [Entry]
  private let file: MappedFile
  private let index: [String: Int]

  init(count: Int, file: MappedFile, cursor: inout GGUFCursor) throws {
    self.file = file
    entries = try (0..<count).map { number in
      let key = try cursor.name("the name of metadata key \(number)")
      let start = cursor.offset
      let type = try cursor.valueType(key)
      let value = try cursor.value(type, of: key) { type, count, range in
        GGUFArray(elementType: type, count: count, file: file, range: range)
      }
      return Entry(key: key, value: value, range: start..<cursor.offset)
    }
    var index: [String: Int] = [:]
    for (place, entry) in entries.enumerated() where index.updateValue(place, forKey: entry.key) != nil {
      throw ModelFileError(file: file.path, part: entry.key, problem: "is there twice; the file is damaged")
    }
    self.index = index
  }

  /// The value of a key, if there is one.
  public subscript(key: String) -> GGUFValue? { index[key].map { entries[$0].value } }

  /// The type and the value of an entry as they lie in the file.
  func bytes(of entry: Entry) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: file.bytes[entry.range])
  }

  /// Makes an error about a key.
  public func error(_ key: String, _ problem: String) -> ModelFileError {
    ModelFileError(file: file.path, part: key, problem: problem)
  }

  /// A number of things; nil where the key is absent.
  ///
  /// - Throws: `ModelFileError` when the value is no integer.
  public func integer(_ key: String) throws -> Int? {
    try decode(key, "an integer", \.integer)
  }

  /// A number; nil where the key is absent.
  ///
  /// - Throws: `ModelFileError` when the value is no number.
  public func number(_ key: String) throws -> Double? {
    try decode(key, "a number", \.number)
  }

  /// A text; nil where the key is absent.
  ///
  /// - Throws: `ModelFileError` when the value is no text.
  public func string(_ key: String) throws -> String? {
    try decode(key, "a text", \.string)
  }

  /// A truth value; nil where the key is absent.
  ///
  /// - Throws: `ModelFileError` when the value is none.
  public func bool(_ key: String) throws -> Bool? {
    try decode(key, "true or false", \.bool)
  }

  /// A value that has to be there.
  ///
  /// - Throws: `ModelFileError` that names the key.
  public func require<Value>(_ key: String, _ value: Value?) throws -> Value {
    guard let value else {
      throw error(key, "is missing from the metadata; convert the model again from its original checkpoint")
    }
    return value
  }

  private func decode<Value>(_ key: String, _ what: String, _ path: (GGUFValue) -> Value?) throws -> Value? {
    guard let value = self[key] else { return nil }
    guard let decoded = path(value) else { throw error(key, "is of type \(value.type), where \(what) belongs") }
    return decoded
  }
}
