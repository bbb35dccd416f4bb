import Foundation

/// What is done to text before it is cut into tokens.
enum Normalizer: Sendable, Equatable {
  /// Puts text before every text that is not empty.
  case prepend([UInt8])
  /// Replaces every occurrence.
  case replace([UInt8], with: [UInt8])
  /// Unicode's canonical composition.
  case composed

  /// Applies one step to UTF-8 text.
  func apply(to text: [UInt8]) -> [UInt8] {
    switch self {
    case .prepend(let prefix): text.isEmpty ? text : prefix + text
    case .replace(let old, let new): Self.replacing(old, with: new, in: text)
    case .composed:
      text.allSatisfy { $0 < 0x80 }
        ? text : Array(String(decoding: text, as: UTF8.self).precomposedStringWithCanonicalMapping.utf8)
    }
  }

  private static func replacing(_ old: [UInt8], with new: [UInt8], in text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count + text.count / 4)
    var position = 0
    while position < text.count {
      // The first byte decides nearly always.
      if text[position] == old[0], text[position...].starts(with: old) {
        result.append(contentsOf: new)
        position += old.count
      } else {
        result.append(text[position])
        position += 1
      }
    }
    return result
  }
}
