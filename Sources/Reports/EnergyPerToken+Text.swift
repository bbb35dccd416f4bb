import Sinks

extension EnergyPerToken {
  /// "272 ± 4.1 mJ": one unit for both.
  var text: String {
    guard let half = halfWidth else { return Format.joules(joules) }
    let (factor, unit) = abs(joules) >= 1 ? (1.0, "J") : abs(joules) >= 1e-3 ? (1e3, "mJ") : (1e6, "µJ")
    // Blanks that do not break: a number and its unit stay on one line.
    let numbers = [joules, half].map { $0 * factor }
    return [Format.significant(numbers[0]), "±", Format.significant(numbers[1], digits: 2), unit]
      .joined(separator: "\u{A0}")
  }

  /// The same as a cell that sorts by joules.
  var tableCell: Table.Cell { .number(joules) { _ in text } }
}
