/// The published shapes that this engine can run with synthetic weights, by stable names.
///
/// Speed depends on the shape, not on the values, so a synthetic model measures what the published one would. Not
/// here: Falcon-E-3B, whose sizes are not published.
public enum Zoo {
  /// Every shape: the efficiency paper's sizes first, then released models.
  public static let shapes: [TransformerShape] = paper + bitnet + llama + embedding + phi

  /// Every shape, hybrids last.
  public static let models: [any ModelShape] = shapes + hybrids

  /// The transformer of this name.
  ///
  /// - Throws: `EngineError` that suggests the nearest name and lists all.
  public static func shape(named name: String) throws -> TransformerShape {
    if let shape = shapes.first(where: { $0.name == name }) { return shape }
    throw unknown(name, names: shapes.map(\.name))
  }

  /// The model of this name, of any graph.
  ///
  /// - Throws: `EngineError` that suggests the nearest name and lists all.
  public static func model(named name: String) throws -> any ModelShape {
    if let shape = models.first(where: { $0.name == name }) { return shape }
    throw unknown(name, names: ShippedModel.all.map(\.name) + models.map(\.name))
  }

  private static func unknown(_ name: String, names: [String]) -> EngineError {
    let nearest = names.min { distance(name, $0) < distance(name, $1) }!
    // Farther than half of its letters is no misspelling.
    let hint = distance(name, nearest) * 2 <= max(name.count, nearest.count) ? "did you mean \"\(nearest)\"? " : ""
    let all = names.joined(separator: ", ")
    return EngineError(.shape, "no model is called \"\(name)\"; \(hint)there are: \(all)")
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
