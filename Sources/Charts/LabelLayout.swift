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

  /// A place for each text beside its point: the first of eight sides on which it lies within the plot and covers
  /// neither a point nor another text; where none is free, the side that covers least.
  static func place(
    widths: [Double], beside points: [(x: Double, y: Double)], avoiding markers: [(x: Double, y: Double)],
    and texts: [PanelLayout.Frame] = [], within plot: PanelLayout.Frame, height: Double
  ) -> [(anchor: (x: Double, y: Double), alignment: Alignment)] {
    // A marker is about nine pixels wide.
    let obstacles = texts + markers.map { PanelLayout.Frame(left: $0.x - 5, top: $0.y - 5, width: 10, height: 10) }
    var placed: [PanelLayout.Frame] = []
    return zip(widths, points).map { width, point in
      let sides: [(x: Double, y: Double)] = [
        (8, -height / 2), (-8 - width, -height / 2), (-width / 2, -8 - height), (-width / 2, 8),
        (5, -5 - height), (5, 5), (-5 - width, -5 - height), (-5 - width, 5),
      ]
      let frames = sides.map { side in
        PanelLayout.Frame(left: point.x + side.x, top: point.y + side.y, width: width, height: height)
      }
      let costs = frames.map { frame in
        (obstacles + placed).reduce(frame.area - frame.overlap(with: plot)) { $0 + frame.overlap(with: $1) }
      }
      let best = costs.indices.min { (costs[$0], $0) < (costs[$1], $1) } ?? 0
      let frame = frames[best]
      placed.append(frame)
      // A font wider than the measured one grows away from the point.
      let side = sides[best].x
      if side > 0 { return ((frame.left, frame.bottom), .start) }
      return side == -width / 2 ? ((point.x, frame.bottom), .middle) : ((frame.right, frame.bottom), .end)
    }
  }

  /// Where the text of a level rule ends, and its baseline: at the right end of the rule and above it; where a line goes
  /// by there, below it, or further left until none does.
  static func place(
    width: Double, height: Double, along level: Double, avoiding lines: [[(x: Double, y: Double)]],
    within plot: PanelLayout.Frame
  ) -> (x: Double, y: Double) {
    // Steps of two letters, or so.
    let ends = stride(from: plot.right, through: plot.left + width, by: -12)
    let places = ends.flatMap { end in [(x: end, y: level - 4), (x: end, y: level + 1 + height)] }
    let free = places.first { place in
      let text = PanelLayout.Frame(left: place.x - width, top: place.y - height, width: width, height: height)
      guard text.top >= plot.top, text.bottom <= plot.bottom else { return false }
      // Half of a marker, and a pixel between.
      let wide = PanelLayout.Frame(left: text.left - 6, top: text.top - 6, width: width + 12, height: height + 12)
      return !lines.contains { line in
        zip(line, line.dropFirst() + line.suffix(1)).contains { wide.isCrossed(from: $0, to: $1) }
      }
    }
    return free ?? (plot.right, level - 4)
  }

  /// Which part of a text stands at its anchor; the raw values are SVG's.
  enum Alignment: String {
    case start, middle, end
  }
}

extension PanelLayout.Frame {
  fileprivate var area: Double { width * height }

  /// Whether a straight line between two points, the first of them not further right, has any of itself inside.
  fileprivate func isCrossed(from first: (x: Double, y: Double), to second: (x: Double, y: Double)) -> Bool {
    let (start, end) = (max(first.x, left), min(second.x, right))
    guard start <= end else { return false }
    let slope = second.x > first.x ? (second.y - first.y) / (second.x - first.x) : 0
    let inside = second.x > first.x ? [start, end].map { first.y + slope * ($0 - first.x) } : [first.y, second.y]
    return min(inside[0], inside[1]) <= bottom && max(inside[0], inside[1]) >= top
  }

  /// The area that both cover.
  fileprivate func overlap(with other: PanelLayout.Frame) -> Double {
    let width = min(right, other.right) - max(left, other.left)
    let height = min(bottom, other.bottom) - max(top, other.top)
    return width > 0 && height > 0 ? width * height : 0
  }
}
