/// Suggestions for misspelt names.
package enum NearestName {
  /// The candidate that differs least from `name`, where it differs little enough to have been meant.
  ///
  /// Little enough is two edits, or a third of the name's length where that is more: "generat" finds "generate", and
  /// "zebra" finds nothing.
  package static func of(_ name: String, in candidates: [String]) -> String? {
    // A pasted novel is nobody's typo, and the distance costs the product of both lengths.
    guard name.count <= 64 else { return nil }
    let limit = max(2, name.count / 3)
    let ranked = candidates.map { (name: $0, edits: edits(from: name.lowercased(), to: $0.lowercased())) }
    guard let best = ranked.min(by: { $0.edits < $1.edits }), best.edits <= limit, best.edits < name.count else {
      return nil
    }
    return best.name
  }

  /// `; did you mean "simd"?`, or a list of what there is.
  package static func suggestion(for name: String, in candidates: [String]) -> String {
    if let nearest = of(name, in: candidates) { return "; did you mean \"\(nearest)\"?" }
    guard !candidates.isEmpty else { return "; there are none" }
    return "; there are \(candidates.joined(separator: ", "))"
  }

  /// Insertions, deletions, replacements and swaps of neighbours: the optimal string alignment distance.
  package static func edits(from a: String, to b: String) -> Int {
    let a = Array(a)
    let b = Array(b)
    var twoBack: [Int] = []
    var previous = Array(0...b.count)
    for i in 0..<a.count {
      var current = [i + 1]
      for j in 0..<b.count {
        let replaced = previous[j] + (a[i] == b[j] ? 0 : 1)
        var least = min(previous[j + 1] + 1, current[j] + 1, replaced)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { least = min(least, twoBack[j - 1] + 1) }
        current.append(least)
      }
      twoBack = previous
      previous = current
    }
    return previous[b.count]
  }
}
