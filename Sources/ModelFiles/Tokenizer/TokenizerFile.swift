/// `tokenizer.json` as it is read: where each part stands, and the parts.
///
/// The first pass finds the members of the file and of its model, the second reads them in the order that they need:
/// merges name tokens of the vocabulary, wherever it stands.
struct TokenizerFile {
  let file: MappedFile
  private let bytes: UnsafeBufferPointer<UInt8>
  /// Where the value of each member of the file begins.
  private var places: [String: Int] = [:]
  /// Where the value of each member of `model` begins.
  private var modelPlaces: [String: Int] = [:]

  /// Finds the parts of a file.
  ///
  /// - Throws: `ModelFileError` that names the line, where it is not JSON.
  init(_ file: MappedFile) throws {
    self.file = file
    let path = file.path
    bytes = file.bytes.bindMemory(to: UInt8.self)
    guard !bytes.isEmpty else { throw ModelFileError(file: path, problem: "is empty; download the file again") }
    if let offset = UTF8Text.firstInvalid(in: bytes) {
      throw ModelFileError(file: path, problem: "is not UTF-8 at byte \(offset); download the file again")
    }
    places = try Self.members(of: bytes, at: 0, file: path, part: nil, toTheEnd: true)
    guard let model = places["model"] else {
      throw ModelFileError(file: path, part: "model", problem: "is missing; this is not a tokenizer.json")
    }
    modelPlaces = try Self.members(of: bytes, at: model, file: path, part: "model", toTheEnd: false)
  }

  private static func members(
    of bytes: UnsafeBufferPointer<UInt8>, at start: Int, file: String, part: String?, toTheEnd: Bool
  ) throws -> [String: Int] {
    var places: [String: Int] = [:]
    try located(bytes, file: file, part: part) {
      var scanner = JSONScanner(bytes, at: start)
      try scanner.members { key, scanner in
        let isNew = places.updateValue(scanner.position, forKey: key) == nil
        guard isNew else { throw scanner.failure("has the key \"\(key)\" twice") }
        try scanner.skip()
      }
      if toTheEnd { try scanner.end() }
    }
    return places
  }

  // MARK: Reading a part

  /// Whether `model` has this member, and it is not null.
  func modelHas(_ key: String) throws -> Bool { try !modelNode(key).isNull }

  /// A small part of the file; null where it is absent.
  func node(_ key: String) throws -> JSONNode { try node(key, at: places[key], path: key) }

  /// A small member of `model`; null where it is absent.
  func modelNode(_ key: String) throws -> JSONNode { try node(key, at: modelPlaces[key], path: "model.\(key)") }

  private func node(_ key: String, at place: Int?, path: String) throws -> JSONNode {
    guard let place else { return JSONNode(value: .null, path: path, file: file.path) }
    return try Self.located(bytes, file: file.path, part: path) {
      var scanner = JSONScanner(bytes, at: place)
      return JSONNode(value: try JSONValue(&scanner), path: path, file: file.path)
    }
  }

  /// Calls `body` with a scanner that stands at a large member of `model`.
  ///
  /// - Throws: `ModelFileError`: that the member is missing, or what `body` throws, with its line.
  func readModelMember<Result>(_ key: String, _ body: (inout JSONScanner) throws -> Result) throws -> Result {
    guard let place = modelPlaces[key] else { throw error("model.\(key)", "is missing; download the file again") }
    return try Self.located(bytes, file: file.path, part: "model.\(key)") {
      var scanner = JSONScanner(bytes, at: place)
      return try body(&scanner)
    }
  }

  /// How many bytes there are: what bounds every count in them.
  var byteCount: Int { bytes.count }

  func error(_ part: String, _ problem: String) -> ModelFileError {
    ModelFileError(file: file.path, part: part, problem: problem)
  }

  /// Gives a failure of the scanner its place in the file.
  private static func located<Result>(
    _ bytes: UnsafeBufferPointer<UInt8>, file: String, part: String?, _ body: () throws -> Result
  ) throws -> Result {
    do {
      return try body()
    } catch let failure as JSONScanner.Failure {
      let before = bytes[..<failure.offset]
      let line = before.count { $0 == UInt8(ascii: "\n") } + 1
      let column = failure.offset - (before.lastIndex(of: UInt8(ascii: "\n")) ?? -1)
      throw ModelFileError(file: file, part: part, problem: "line \(line), column \(column): \(failure.problem)")
    }
  }
}
