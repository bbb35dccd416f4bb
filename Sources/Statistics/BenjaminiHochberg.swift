/// Many tests at once: which can be believed so that, of those, only a share `rate` is expected to be false.
///
/// Benjamini and Hochberg, "Controlling the false discovery rate" (JRSS B 57, 1995). Valid for independent tests and for
/// positively dependent ones, which metrics of one cell are.
public enum BenjaminiHochberg {
  /// The smallest rate at which each test would be believed, in the order of `p`; nil where one is not a probability.
  public static func adjusted(_ p: [Double]) -> [Double]? {
    guard p.allSatisfy({ 0...1 ~= $0 }) else { return nil }
    var adjusted = [Double](repeating: 1, count: p.count)
    var least = 1.0
    for (place, index) in p.indices.sorted(by: { p[$0] < p[$1] }).enumerated().reversed() {
      least = min(least, p[index] * Double(p.count) / Double(place + 1))
      adjusted[index] = least
    }
    return adjusted
  }

  /// The positions of the tests that are believed at that rate, ascending; none where a p-value is not a probability.
  public static func rejected(_ p: [Double], rate: Double) -> [Int] {
    guard p.allSatisfy({ 0...1 ~= $0 }) else { return [] }
    let order = p.indices.sorted { p[$0] < p[$1] }
    // The last place whose p-value lies below its line; everything before it is believed too.
    let last = order.indices.last { p[order[$0]] <= rate * Double($0 + 1) / Double(p.count) }
    return last.map { order[...$0].sorted() } ?? []
  }
}
