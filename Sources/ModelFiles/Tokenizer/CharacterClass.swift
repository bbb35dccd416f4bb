/// What the splitting expressions ask of a character, as bits.
struct CharacterClass: OptionSet, Sendable {
  let rawValue: UInt8

  /// `\p{L}`.
  static let letter = CharacterClass(rawValue: 1)
  /// `\p{N}`: digits, and also letter-like and other numbers (Ⅷ, ½, ①).
  static let number = CharacterClass(rawValue: 2)
  /// `\s`: Unicode's White_Space.
  static let space = CharacterClass(rawValue: 4)
  /// `[\r\n]`.
  static let lineEnd = CharacterClass(rawValue: 8)
  /// `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`.
  static let upper = CharacterClass(rawValue: 16)
  /// `[\p{Ll}\p{Lm}\p{Lo}\p{M}]`.
  static let lower = CharacterClass(rawValue: 32)

  /// The class of a scalar.
  @inline(__always)
  static func of(_ scalar: Unicode.Scalar, in plane: UnsafeBufferPointer<CharacterClass>) -> CharacterClass {
    scalar.value < 0x10000 ? plane[Int(scalar.value)] : computed(scalar)
  }

  /// The classes of the first 65536 scalars; looking them up in the standard library one by one is ten times slower.
  static let basicPlane: [CharacterClass] = (UInt32(0)..<0x10000).map { value in
    // Surrogates are no scalars and do not occur in text.
    Unicode.Scalar(value).map(computed) ?? []
  }

  /// The version of Unicode in the reference, `tokenizers` 0.23; what came later has no class there.
  ///
  /// Ids must not change with the version that the standard library happens to have.
  private static let unicodeMajor = 16

  private static func computed(_ scalar: Unicode.Scalar) -> CharacterClass {
    let properties = scalar.properties
    if let age = properties.age, age.major > unicodeMajor { return [] }
    if properties.isWhitespace {
      return scalar == "\r" || scalar == "\n" ? [.space, .lineEnd] : .space
    }
    return switch properties.generalCategory {
    case .uppercaseLetter, .titlecaseLetter: [.letter, .upper]
    case .lowercaseLetter: [.letter, .lower]
    case .modifierLetter, .otherLetter: [.letter, .upper, .lower]
    case .nonspacingMark, .spacingMark, .enclosingMark: [.upper, .lower]
    case .decimalNumber, .letterNumber, .otherNumber: .number
    default: []
    }
  }
}
