/// Tokens to text as they come, never a part of a character.
///
/// What `append` and `finish` return, put together, is what `Tokenizer.decode` gives, with one exception: of a run of
/// SentencePiece's byte tokens that turns out not to be UTF-8, characters that were complete before stay, where
/// `decode` replaces the whole run. To hold them back would mean to show nothing of a text that is spelled in bytes.
public struct StreamingDetokenizer: Sendable {
  /// U+FFFD in UTF-8.
  static let replacement: [UInt8] = [0xef, 0xbf, 0xbd]

  private let tokenizer: Tokenizer
  private let skippingSpecial: Bool
  /// The beginning of a character, or nothing.
  private var pending: [UInt8] = []
  /// How many spaces at the beginning of the text are still to be left out.
  private var leadingSpaces: Int

  /// Makes one for a text of its own or, with `continuing`, for what follows a text: then its first space is kept.
  public init(_ tokenizer: Tokenizer, skippingSpecial: Bool = true, continuing: Bool = false) {
    self.tokenizer = tokenizer
    self.skippingSpecial = skippingSpecial
    leadingSpaces = continuing ? 0 : tokenizer.decoder.leadingSpaces
  }

  /// Takes a token; returns the text that it completes, possibly empty.
  ///
  /// - Throws: `ModelFileError` for an id that has no token; the state is as before.
  public mutating func append(_ id: Int32) throws -> String {
    try tokenizer.check(id)
    if skippingSpecial && tokenizer.specialIDs.contains(id) { return "" }
    if let byte = tokenizer.byte(of: id) {
      pending.append(byte)
      return emit(takeCharacters())
    }
    guard tokenizer.decoder.form == .byteLevel else {
      var bytes = takeReplacements()
      tokenizer.appendText(of: id, to: &bytes)
      return emit(bytes)
    }
    tokenizer.appendText(of: id, to: &pending)
    let held = pending.withUnsafeBufferPointer { UTF8Text.incompleteTail(of: $0) }
    let complete = pending.dropLast(held)
    pending = Array(pending.suffix(held))
    return emit(complete)
  }

  /// Ends the text: a character that was not completed becomes U+FFFD.
  public mutating func finish() -> String {
    guard tokenizer.decoder.form == .byteLevel else { return emit(takeReplacements()) }
    defer { pending = [] }
    return emit(pending)
  }

  /// Takes whole characters out of pending byte tokens; a byte that cannot begin one becomes U+FFFD.
  private mutating func takeCharacters() -> [UInt8] {
    var out: [UInt8] = []
    while !pending.isEmpty {
      let (length, isIncomplete) = pending.withUnsafeBufferPointer { bytes in
        (UTF8Text.scalar(bytes, at: 0)?.length, UTF8Text.incompleteTail(of: bytes) == bytes.count)
      }
      if let length {
        out += pending.prefix(length)
        pending.removeFirst(length)
      } else if isIncomplete {
        break
      } else {
        out += Self.replacement
        pending.removeFirst()
      }
    }
    return out
  }

  /// Gives up pending byte tokens: U+FFFD for each.
  private mutating func takeReplacements() -> [UInt8] {
    defer { pending = [] }
    return pending.flatMap { _ in Self.replacement }
  }

  /// Text without the spaces that the normalizer had put in front.
  private mutating func emit(_ bytes: some Collection<UInt8>) -> String {
    var bytes = bytes[...]
    while leadingSpaces > 0, let first = bytes.first {
      leadingSpaces = first == UInt8(ascii: " ") ? leadingSpaces - 1 : 0
      if first == UInt8(ascii: " ") { bytes = bytes.dropFirst() }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
