/// The published shapes that this engine can run with synthetic weights, by stable names.
///
/// Speed depends on the shape, not on the values, so a synthetic model measures what the published one would. Not
/// here: Falcon-E-3B, whose sizes are not published; Phi-4-mini-flash, whose graph (Mamba and differential attention)
/// this engine does not have.
public enum Zoo {
  /// Every shape: the efficiency paper's sizes first, then released models.
  public static let shapes: [TransformerShape] = paper + bitnet + llama + embedding

  /// The shape of this name.
  ///
  /// - Throws: `EngineError` that suggests the nearest name and lists all.
  public static func shape(named name: String) throws -> TransformerShape {
    if let shape = shapes.first(where: { $0.name == name }) { return shape }
    let nearest = shapes.map(\.name).min { distance(name, $0) < distance(name, $1) }!
    // Farther than half of its letters is no misspelling.
    let hint = distance(name, nearest) * 2 <= max(name.count, nearest.count) ? "did you mean \"\(nearest)\"? " : ""
    let all = shapes.map(\.name).joined(separator: ", ")
    throw EngineError(.shape, "no model is called \"\(name)\"; \(hint)there are: \(all)")
  }

  /// The edit distance (Levenshtein) of two names: letters to insert, delete or replace.
  private static func distance(_ one: String, _ other: String) -> Int {
    let other = Array(other.lowercased())
    var row = Array(0...other.count)
    for letter in one.lowercased() {
      var diagonal = row[0]
      row[0] += 1
      for (i, candidate) in other.enumerated() {
        let replaced = diagonal + (letter == candidate ? 0 : 1)
        diagonal = row[i + 1]
        row[i + 1] = min(replaced, row[i] + 1, row[i + 1] + 1)
      }
    }
    return row[other.count]
  }
}
