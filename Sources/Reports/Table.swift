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

    /// The text of the cell.
    var shown: String {
      switch self {
      case .text(let text): text
      case .number(_, let shown): shown
      case .absent: "–"
      }
    }

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
  /// Whether numbers are given with the digits that are shown and no more.
  var isBrief = false
  /// Whether it can be sorted, filtered and downloaded.
  var isInteractive = false
  /// The key of the column whose text runs on over the columns to its right where those hold nothing.
  var runOnColumn: String?

  /// The same table without some columns.
  func without(_ keys: [String]) -> Table {
    let kept = columns.indices.filter { !keys.contains(columns[$0].key) }
    var table = self
    table.columns = kept.map { columns[$0] }
    table.rows = rows.map { row in kept.map { row[$0] } }
    return table
  }

  /// The same table, where it has more rows than `most`, without columns that say the same in every row, which move
  /// into the caption, and with numbers as they are shown.
  func folded(beyond most: Int) -> Table {
    guard rows.count > most, let first = rows.first else { return self }
    let kept = columns.indices.filter { index in index == 0 || rows.contains { $0[index] != first[index] } }
    let same = columns.indices.filter { !kept.contains($0) && first[$0] != .absent }.map { index in
      "\(columns[index].title) \(first[index].shown)"
    }
    var table = self
    table.isBrief = true
    table.columns = kept.map { columns[$0] }
    table.rows = rows.map { row in kept.map { row[$0] } }
    if !same.isEmpty { table.caption += "; the same in every row: \(same.joined(separator: ", "))" }
    return table
  }

  /// The same table without the columns that hold nothing.
  func withoutEmptyColumns() -> Table {
    let kept = columns.indices.filter { index in rows.contains { $0[index] != .absent } }
    var table = self
    table.columns = kept.map { columns[$0] }
    table.rows = rows.map { row in kept.map { row[$0] } }
    return table
  }
}
