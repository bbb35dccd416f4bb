/// Estimates how wide text will be, without a font at hand.
///
/// Widths are those of Helvetica's AFM file, in thousandths of the font size; the fonts a viewer may substitute
/// (Arial, Liberation Sans, Segoe UI, Roboto) lie within a few per cent of them.
enum TextMetrics {
  /// The width in pixels of one line of text at a font size, a little on the generous side.
  static func width(_ text: String, size: Double) -> Double {
    let thousandths = text.reduce(0) { $0 + advance($1) }
    return Double(thousandths) / 1000 * size * generosity
  }

  /// Substituted fonts and semibold weights run up to this much wider.
  private static let generosity = 1.08

  private static func advance(_ character: Character) -> Int {
    guard let ascii = character.asciiValue, ascii >= 32, ascii < 127 else {
      // Wide scripts fill a square; other letters and signs are about as wide as a digit.
      return character.unicodeScalars.contains { $0.value >= 0x2E80 } ? 1000 : 584
    }
    return helvetica[Int(ascii) - 32]
  }

  // From space to tilde.
  private static let helvetica = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
  ]
}
