/// Ranks with ties averaged: 1 for the smallest.
enum Ranks {
  /// Twice the rank of each value, so that averages of two neighbours stay whole, and whether any two are equal.
  ///
  /// The values must be finite.
  static func doubled(of values: [Double]) -> (ranks: [Int], hasTies: Bool) {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Int](repeating: 0, count: values.count)
    var hasTies = false
    for (first, last) in runs(of: values, in: order) {
      if last > first { hasTies = true }
      // The mean of first + 1 … last + 1, twice.
      for place in first...last { ranks[order[place]] = first + last + 2 }
    }
    return (ranks, hasTies)
  }

  /// How often each value that occurs more than once occurs.
  static func tieSizes(of values: [Double]) -> [Int] {
    runs(of: values, in: values.indices.sorted { values[$0] < values[$1] }).map { $0.last - $0.first + 1 }.filter {
      $0 > 1
    }
  }

  /// The stretches of equal values in a sorted order, as places of their first and last.
  private static func runs(of values: [Double], in order: [Int]) -> [(first: Int, last: Int)] {
    var runs: [(first: Int, last: Int)] = []
    for place in order.indices {
      if let open = runs.last, values[order[open.first]] == values[order[place]] {
        runs[runs.count - 1].last = place
      } else {
        runs.append((place, place))
      }
    }
    return runs
  }
}
