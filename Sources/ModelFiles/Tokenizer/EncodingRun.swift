/// The encoding of one text: the ids so far, and what was learned about its words on the way.
struct EncodingRun {
  /// A word that was met, by where its bytes and its tokens stand; words repeat, and their merges need not.
  private struct Word {
    var hash: UInt64 = 0
    var start = 0
    var length: UInt32 = 0
    var tokens: UInt32 = 0
    var firstToken = 0
  }

  /// Words longer than this do not repeat.
  private static let wordBytesMax = 64
  /// Remembered words: 2 MiB at most, and a share of the text that a short text does not feel.
  private static let wordsMax = 1 << 16

  private(set) var ids: [Int32] = []
  private let model: BytePairModel
  private var merge = MergeRun()
  /// One place per hash; a newer word takes it.
  private var words: [Word]

  init(_ model: BytePairModel, textBytes: Int) {
    self.model = model
    var size = 1
    while size < min(textBytes / 8, Self.wordsMax) { size *= 2 }
    words = Array(repeating: Word(), count: size)
    ids.reserveCapacity(textBytes / 3 + 8)
  }

  /// Adds a token that was found whole.
  mutating func append(_ id: Int32) { ids.append(id) }

  /// Encodes a piece: the bytes `start..<end` of `text`, which must be the same text in every call.
  mutating func encode(_ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) {
    let piece = UnsafeBufferPointer(rebasing: text[start..<end])
    if case .bytes(let byteTokens) = model.symbols, piece.count == 1 {
      ids.append(byteTokens[Int(piece[0])])
      return
    }
    guard piece.count <= Self.wordBytesMax else { return encodeNew(piece, HashMix.hash(UnsafeRawBufferPointer(piece))) }
    let hash = HashMix.hash(UnsafeRawBufferPointer(piece))
    // The lower bits place a token in the vocabulary.
    let place = Int(truncatingIfNeeded: hash >> 32) & (words.count - 1)
    let known = words[place]
    if known.hash == hash, Int(known.length) == piece.count,
      UnsafeBufferPointer(rebasing: text[known.start..<known.start + piece.count]).elementsEqual(piece)
    {
      for i in 0..<Int(known.tokens) { ids.append(ids[known.firstToken + i]) }
      return
    }
    let firstToken = ids.count
    encodeNew(piece, hash)
    words[place] = Word(
      hash: hash, start: start, length: UInt32(piece.count), tokens: UInt32(ids.count - firstToken),
      firstToken: firstToken)
  }

  private mutating func encodeNew(_ piece: UnsafeBufferPointer<UInt8>, _ hash: UInt64) {
    if model.prefersWholePieces, case let id = model.vocabulary.id(of: piece, hash: hash), id >= 0 {
      ids.append(id)
      return
    }
    merge.symbols.removeAll(keepingCapacity: true)
    switch model.symbols {
    case .bytes(let tokens):
      for byte in piece { merge.symbols.append(tokens[Int(byte)]) }
    case .characters(let fallback):
      appendCharacters(of: piece, fallback: fallback)
    }
    merge.run(model.merges)
    if model.partialCharacters.isEmpty {
      ids.append(contentsOf: merge.symbols)
    } else {
      appendSpelled(merge.symbols)
    }
  }

  private mutating func appendCharacters(of piece: UnsafeBufferPointer<UInt8>, fallback: [Int32]) {
    var position = 0
    while position < piece.count {
      let length = min(max(UTF8Text.expectedLength(piece[position]), 1), piece.count - position)
      let character = UnsafeBufferPointer(rebasing: piece[position..<position + length])
      let id = model.vocabulary.id(of: character)
      if id >= 0 {
        merge.symbols.append(id)
      } else if !model.partialIDs.isEmpty, let partial = model.partialIDs[Array(character)] {
        merge.symbols.append(partial)
      } else {
        for byte in character { merge.symbols.append(fallback[Int(byte)]) }
      }
      position += length
    }
  }

  /// Appends tokens; a partial character that is left over becomes byte tokens.
  private mutating func appendSpelled(_ symbols: [Int32]) {
    guard case .characters(let fallback) = model.symbols else { return }
    let end = Int32(model.vocabulary.idEnd)
    for symbol in symbols {
      if symbol < end {
        ids.append(symbol)
      } else {
        for byte in model.partialCharacters[Int(symbol - end)] { ids.append(fallback[Int(byte)]) }
      }
    }
  }
}
