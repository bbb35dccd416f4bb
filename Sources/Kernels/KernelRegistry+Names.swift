extension KernelRegistry {
  /// Tells whether `text` fits a pattern in which "*" stands for any characters, none included.
  static func glob(_ pattern: String, matches text: String) -> Bool {
    var remaining = text[...]
    let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
    guard parts.count > 1 else { return pattern == text }
    guard remaining.hasPrefix(parts[0]) else { return false }
    remaining = remaining.dropFirst(parts[0].count)
    for part in parts.dropFirst().dropLast() {
      guard let end = firstEnd(of: part, in: remaining) else { return false }
      remaining = remaining[end...]
    }
    return remaining.hasSuffix(parts[parts.count - 1])
  }

  private static func firstEnd(of part: Substring, in text: Substring) -> Substring.Index? {
    text.indices.first { text[$0...].hasPrefix(part) }.map { text.index($0, offsetBy: part.count) }
      ?? (part.isEmpty ? text.startIndex : nil)
  }

  /// Finds the name that is the fewest edits away, if that is at most half of what was written.
  static func nearest(to name: String, among names: [String]) -> String? {
    let ranked = names.map { (edits: edits(from: name, to: $0), name: $0) }.min { $0.edits < $1.edits }
    guard let best = ranked, best.edits <= max(1, name.count / 2) else { return nil }
    return best.name
  }

  /// Counts the insertions, deletions and substitutions between two names (Levenshtein's distance).
  static func edits(from first: String, to second: String) -> Int {
    let columns = Array(second)
    var above = Array(0...columns.count)
    for (row, letter) in first.enumerated() {
      var current = [row + 1]
      for (column, other) in columns.enumerated() {
        let substituted = above[column] + (letter == other ? 0 : 1)
        current.append(min(substituted, above[column + 1] + 1, current[column] + 1))
      }
      above = current
    }
    return above[columns.count]
  }
}
