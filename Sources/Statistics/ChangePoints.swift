import Foundation

/// Where the level of a series moved for good, and by how much.
public struct ChangePoint: Sendable, Equatable {
  /// The position of the first value of the new level.
  public let position: Int
  /// The median of the level before.
  public let before: Double
  /// The median of the level after.
  public let after: Double
  /// How probable so clear a split is where nothing changed.
  public let p: Double

  /// The new level over the old one.
  public var ratio: Double { after / before }
}

/// Finds the runs of a history after which the level is another one.
///
/// The series is cut where the means of the logarithms on both sides differ most, and again within the parts. A cut
/// counts where (1) fewer than one in a thousand shuffles of the part show a cut as clear anywhere, (2) at least two
/// runs stand on both sides, and (3) the medians differ by the margin. The test is that of the maximised statistic, so
/// that choosing the best cut is paid for; whole blocks of neighbouring runs are shuffled, so that a machine that
/// wanders slowly does not pass for a change. Nothing is assumed of the distribution.
public enum ChangePoints {
  /// With fewer values no cut can be told: of 14 values in two halves 3432 orders differ, of 12 only 924.
  public static let fewest = 14

  /// Finds the changes, in the order of the series.
  ///
  /// - Parameters:
  ///   - values: One per run, in the order of time: medians of repetitions.
  ///   - margin: The smallest change of the level that counts, as a share of it.
  ///   - level: The p-value that a cut must stay below.
  ///   - permutations: How often a part is shuffled; 1 / (permutations + 1) must be well below `level`.
  ///   - seed: The same seed gives the same answer.
  /// - Returns: Nil where a value is not positive and finite, or where there are fewer than `fewest`.
  public static func of(
    _ values: [Double], margin: Double = 0.01, level: Double = 0.001, permutations: Int = 9999, seed: UInt64 = 1
  ) -> [ChangePoint]? {
    guard values.count >= fewest, values.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
    let logs = values.map { log($0) }
    var random = SplitMix64(seed: seed)
    var cuts: [(position: Int, p: Double)] = []
    var parts = [0..<logs.count]
    while let part = parts.popLast() {
      let section = Array(logs[part])
      guard part.count >= fewest, let best = bestCut(section),
        let p = probability(of: best, in: section, level: level, permutations: permutations, random: &random)
      else { continue }
      let position = part.lowerBound + best.position
      cuts.append((position, p))
      parts += [part.lowerBound..<position, position..<part.upperBound]
    }
    return levels(of: values, cuts: cuts.sorted { $0.position < $1.position }, margin: margin)
  }

  // MARK: One cut

  /// A level that only one run has is that run's, not the program's.
  private static let shortestLevel = 2

  /// A split and how clear it is: |mean − mean| √(k (n − k) / n), the statistic of the two-sample t-test without its
  /// deviation, which shuffling does not change much.
  struct Cut: Equatable {
    let position: Int
    let statistic: Double
  }

  /// The clearest split; nil where there are too few values for one.
  static func bestCut(_ logs: [Double]) -> Cut? {
    guard logs.count >= 2 * shortestLevel, let mean = logs.mean else { return nil }
    let count = Double(logs.count)
    var sum = 0.0
    var best: Cut?
    for position in 1...(logs.count - shortestLevel) {
      sum += logs[position - 1] - mean
      guard position >= shortestLevel else { continue }
      let left = Double(position)
      let statistic = abs(sum) * (count / (left * (count - left))).squareRoot()
      if statistic > best?.statistic ?? -1 { best = Cut(position: position, statistic: statistic) }
    }
    return best
  }

  /// The share of shuffles whose clearest split is as clear, the series itself counted; nil from `level` on.
  ///
  /// Shuffling ends as soon as that is certain.
  private static func probability(
    of cut: Cut, in logs: [Double], level: Double, permutations: Int, random: inout SplitMix64
  ) -> Double? {
    let length = blockLength(logs.count)
    var starts = Array(stride(from: 0, to: logs.count, by: length))
    let most = level * Double(permutations + 1)
    // Sums in another order differ in their last digits.
    let threshold = cut.statistic * (1 - 1e-9)
    guard threshold > 0 else { return nil }
    var asClear = 1
    var shuffled: [Double] = []
    shuffled.reserveCapacity(logs.count)
    for _ in 0..<permutations {
      guard Double(asClear) < most else { return nil }
      random.shuffle(&starts)
      shuffled.removeAll(keepingCapacity: true)
      for start in starts { shuffled += logs[start..<min(start + length, logs.count)] }
      if let best = bestCut(shuffled), best.statistic >= threshold { asClear += 1 }
    }
    return Double(asClear) < most ? Double(asClear) / Double(permutations + 1) : nil
  }

  /// The cube root of the count, the usual choice for series whose neighbours are alike; but at least 16 blocks, for
  /// fewer have too few orders for a p-value below one in a thousand.
  static func blockLength(_ count: Int) -> Int {
    max(1, min(Int(cbrt(Double(count)).rounded()), count / 16))
  }

  // MARK: Levels

  /// Drops cuts between levels that are nearer than the margin, the smallest first, for their levels become one.
  private static func levels(
    of values: [Double], cuts: [(position: Int, p: Double)], margin: Double
  ) -> [ChangePoint] {
    var cuts = cuts
    while true {
      let ends = [0] + cuts.map(\.position) + [values.count]
      let medians = zip(ends, ends.dropFirst()).compactMap { values[$0..<$1].median }
      guard medians.count == cuts.count + 1 else { return [] }
      let points = cuts.indices.map { index in
        ChangePoint(
          position: cuts[index].position, before: medians[index], after: medians[index + 1], p: cuts[index].p)
      }
      let sizes = points.map { abs(log($0.ratio)) }
      guard let smallest = sizes.indices.min(by: { sizes[$0] < sizes[$1] }), sizes[smallest] < log(1 + margin) else {
        return points
      }
      cuts.remove(at: smallest)
    }
  }
}
