/// Holds a table before it becomes HTML: columns that explain themselves, rows of typed cells.
struct Table {
  /// Describes a column.
  struct Column {
    /// The key in downloaded files, unit last.
    var key: String
    /// The heading, with the unit.
    var title: String
    /// One sentence: what the column holds.
    var explanation: String
    /// Whether its cells are numbers, aligned to the right.
    var isNumeric: Bool

    init(_ key: String, _ title: String, _ explanation: String, isNumeric: Bool = true) {
      self.key = key
      self.title = title
      self.explanation = explanation
      self.isNumeric = isNumeric
    }
  }

  /// One cell.
  enum Cell: Equatable {
    /// Words.
    case text(String)
    /// A number and how it is shown.
    case number(Double, shown: String)
    /// Nothing was measured, which is not zero.
    case absent

    /// A number with three significant digits; absent for `nil` and for what is not finite.
    static func significant(_ value: Double?) -> Cell {
      number(value) { Format.significant($0) }
    }

    /// A number shown as `format` writes it; absent for `nil` and for what is not finite.
    static func number(_ value: Double?, _ format: (Double) -> String) -> Cell {
      guard let value, value.isFinite else { return .absent }
      return .number(value, shown: format(value))
    }
  }

  /// Unique in the page.
  var id: String
  /// What the table holds, in a phrase.
  var caption: String
  /// Columns from left to right.
  var columns: [Column]
  /// Each as long as `columns`.
  var rows: [[Cell]]
  /// Whether it can be sorted, filtered and downloaded.
  var isInteractive = false
  /// The key of the column whose text runs on over the columns to its right where those hold nothing.
  var runOnColumn: String?

  /// The same table without the columns that hold nothing.
  func withoutEmptyColumns() -> Table {
    let kept = columns.indices.filter { index in rows.contains { $0[index] != .absent } }
    var table = self
    table.columns = kept.map { columns[$0] }
    table.rows = rows.map { row in kept.map { row[$0] } }
    return table
  }
}
