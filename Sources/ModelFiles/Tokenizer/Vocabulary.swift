/// The tokens of a model: bytes by id, and id by bytes.
struct Vocabulary: Sendable {
  /// How the tokens are written in the file.
  enum Spelling: Sendable {
    /// Every byte as a printable character (`ByteAlphabet`).
    case byteAlphabet
    /// As text.
    case plain

    /// Appends the bytes that a token stands for; false, with nothing appended, if it stands for none.
    func append(_ text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) -> Bool {
      if self == .byteAlphabet { return ByteAlphabet.append(text, to: &bytes) }
      bytes.append(contentsOf: text)
      return true
    }
  }

  /// What an id without a token has for a length.
  private static let noToken = UInt32.max

  let spelling: Spelling
  /// The bytes of all tokens, one after the other; what `spelling` stands for where it stands for bytes.
  private var arena: [UInt8] = []
  private var starts: [UInt32] = []
  private var lengths: [UInt32] = []
  /// Tokens whose spelling stands for no bytes, such as an added token with a space: never a piece of text.
  private var unspellable: [String: Int32] = [:]
  /// Ids by the hash of their bytes, -1 where a slot is free.
  private var slots: [Int32]
  private var mask: Int
  /// Tokens in all.
  private(set) var count = 0

  init(spelling: Spelling, capacity: Int) {
    self.spelling = spelling
    var size = 1024
    while size < 2 * capacity { size *= 2 }
    slots = Array(repeating: -1, count: size)
    mask = size - 1
    starts.reserveCapacity(capacity)
    lengths.reserveCapacity(capacity)
  }

  /// One more than the highest id.
  var idEnd: Int { starts.count }

  // MARK: Reading

  /// Whether `id` has a token.
  func contains(_ id: Int32) -> Bool { id >= 0 && id < starts.count && lengths[Int(id)] != Self.noToken }

  /// Calls `body` with the bytes of a token that is there.
  @inline(__always)
  func withBytes<Result>(of id: Int32, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
    let start = Int(starts[Int(id)])
    return try arena.withUnsafeBufferPointer { arena in
      try body(UnsafeBufferPointer(rebasing: arena[start..<start + Int(lengths[Int(id)])]))
    }
  }

  /// The id of the token of these bytes, or -1.
  @inline(__always)
  func id(of bytes: UnsafeBufferPointer<UInt8>) -> Int32 {
    id(of: bytes, hash: HashMix.hash(UnsafeRawBufferPointer(bytes)))
  }

  /// The same where the hash of the bytes is known already.
  @inline(__always)
  func id(of bytes: UnsafeBufferPointer<UInt8>, hash: UInt64) -> Int32 {
    var place = Int(truncatingIfNeeded: hash) & mask
    while true {
      let id = slots[place]
      if id < 0 || isEqual(id, bytes) { return id }
      place = (place + 1) & mask
    }
  }

  /// The id of a token by its spelling in the file, or -1; `scratch` is reused from call to call.
  func id(spelled text: UnsafeBufferPointer<UInt8>, scratch: inout [UInt8]) -> Int32 {
    scratch.removeAll(keepingCapacity: true)
    if spelling.append(text, to: &scratch), case let id = scratch.withUnsafeBufferPointer({ id(of: $0) }), id >= 0 {
      return id
    }
    return unspellable.isEmpty ? -1 : unspellable[String(decoding: text, as: UTF8.self)] ?? -1
  }

  /// The id of a token by its spelling in the file, or nil.
  func id(spelled spelling: String) -> Int32? {
    var spelling = spelling
    var scratch: [UInt8] = []
    let found = spelling.withUTF8 { id(spelled: $0, scratch: &scratch) }
    return found < 0 ? nil : found
  }

  /// The spelling of a token in the file, or nil if `id` has none.
  func spelling(of id: Int32) -> String? {
    guard contains(id) else { return nil }
    return withBytes(of: id) { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      guard spelling == .byteAlphabet, unspellable[text] != id else { return text }
      return ByteAlphabet.spelling(of: bytes)
    }
  }

  @inline(__always)
  private func isEqual(_ id: Int32, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard Int(lengths[Int(id)]) == bytes.count else { return false }
    return withBytes(of: id) { token in
      for i in 0..<bytes.count where token[i] != bytes[i] { return false }
      return true
    }
  }

  // MARK: Building

  /// What keeps a token out.
  enum Refusal: Error {
    /// The id has this token already.
    case idTaken(by: String)
    /// The token has this id already.
    case tokenTaken(by: Int32)
    /// The tokens have more bytes than 32-bit offsets reach.
    case tooLarge
  }

  /// Adds a token by its spelling in the file; `isSpelled` is false for text that stands for itself.
  ///
  /// - Throws: `Refusal`.
  mutating func add(_ text: UnsafeBufferPointer<UInt8>, id: Int32, isSpelled: Bool = true) throws(Refusal) {
    guard arena.count + text.count < Int(UInt32.max) else { throw .tooLarge }
    if contains(id) { throw .idTaken(by: spelling(of: id) ?? "") }
    let start = arena.count
    let isMatchable = (isSpelled || spelling == .plain) && spelling.append(text, to: &arena)
    if !isMatchable {
      arena.append(contentsOf: text)
      let known = unspellable.updateValue(id, forKey: String(decoding: text, as: UTF8.self))
      if let known { throw .tokenTaken(by: known) }
    }
    while starts.count <= id {
      starts.append(0)
      lengths.append(Self.noToken)
    }
    starts[Int(id)] = UInt32(start)
    lengths[Int(id)] = UInt32(arena.count - start)
    count += 1
    if isMatchable { try index(id) }
  }

  /// Adds a token that is a String.
  ///
  /// - Throws: `Refusal`.
  mutating func add(_ text: String, id: Int32, isSpelled: Bool) throws(Refusal) {
    var text = text
    // `withUTF8` does not pass on which type of error it was.
    let result = text.withUTF8 { bytes in
      Result<Void, Refusal> { () throws(Refusal) in try add(bytes, id: id, isSpelled: isSpelled) }
    }
    try result.get()
  }

  private mutating func index(_ id: Int32) throws(Refusal) {
    if 2 * count > slots.count { grow() }
    let known = place(id)
    if let known { throw .tokenTaken(by: known) }
  }

  /// Puts an id into the first free slot of its hash; returns another id of the same bytes instead.
  private mutating func place(_ id: Int32) -> Int32? {
    let hash = withBytes(of: id) { HashMix.hash(UnsafeRawBufferPointer($0)) }
    var place = Int(truncatingIfNeeded: hash) & mask
    while slots[place] >= 0 {
      let other = slots[place]
      if withBytes(of: id, { isEqual(other, $0) }) { return other }
      place = (place + 1) & mask
    }
    slots[place] = id
    return nil
  }

  private mutating func grow() {
    let ids = slots.filter { $0 >= 0 }
    slots = Array(repeating: -1, count: 2 * slots.count)
    mask = slots.count - 1
    for id in ids { _ = place(id) }
  }
}
