/// Keeps texts from covering one another.
enum LabelLayout {
  /// Moves positions as little as needed so that neighbours are at least `gap` apart and all lie within `bounds`.
  ///
  /// The order of the positions is kept; if they cannot all fit, they run over the upper bound.
  static func spread(_ positions: [Double], gap: Double, within bounds: ClosedRange<Double>) -> [Double] {
    let order = positions.indices.sorted { (positions[$0], $0) < (positions[$1], $1) }
    var moved = positions
    var floor = bounds.lowerBound
    for index in order {
      moved[index] = max(positions[index], floor)
      floor = moved[index] + gap
    }
    var ceiling = bounds.upperBound
    for index in order.reversed() where moved[index] > ceiling {
      moved[index] = ceiling
      ceiling -= gap
    }
    var lowest = bounds.lowerBound
    for index in order {
      moved[index] = max(moved[index], lowest)
      lowest = moved[index] + gap
    }
    return moved
  }

  /// Breaks text at spaces and after hyphens into lines no wider than `width`, a single long word excepted.
  static func lines(_ text: String, width: Double, size: Double) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { paragraph in
      wrap(String(paragraph), width: width, size: size)
    }
  }

  private static func wrap(_ text: String, width: Double, size: Double) -> [String] {
    var lines: [String] = []
    var line = ""
    for piece in pieces(of: text) {
      if !line.isEmpty, TextMetrics.width(trimmed(line + piece), size: size) > width {
        lines.append(trimmed(line))
        line = ""
      }
      line += piece
    }
    lines.append(trimmed(line))
    return lines
  }

  /// "bitnet-2b 4t" is "bitnet-", "2b ", "4t".
  private static func pieces(of text: String) -> [String] {
    var pieces: [String] = []
    var piece = ""
    for character in text {
      piece.append(character)
      if character == " " || character == "-" {
        pieces.append(piece)
        piece = ""
      }
    }
    return piece.isEmpty ? pieces : pieces + [piece]
  }

  private static func trimmed(_ line: String) -> String {
    var line = Substring(line)
    while line.last == " " { line.removeLast() }
    return String(line)
  }
}
