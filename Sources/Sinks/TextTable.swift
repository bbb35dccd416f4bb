/// A table for a terminal: columns aligned by what characters take up there, fitted to a width.
public struct TextTable: Sendable {
  /// A column's title, alignment, and what may happen to it where space is short.
  public struct Column: Sendable {
    /// How much a reader needs it.
    public enum Importance: Int, Sendable, Comparable {
      /// Dropped first.
      case minor
      /// Dropped when the minor ones are gone.
      case normal
      /// Kept whatever the width.
      case essential

      /// Minor is less than normal is less than essential.
      public static func < (a: Importance, b: Importance) -> Bool { a.rawValue < b.rawValue }
    }

    /// The heading.
    public var title: String
    /// Whether the fields end where the column ends: for numbers.
    public var isRight: Bool
    /// When it is dropped.
    public var importance: Importance

    /// A column of text; its fields may be shortened.
    public static func left(_ title: String, _ importance: Importance = .normal) -> Column {
      Column(title: title, isRight: false, importance: importance)
    }

    /// A column of numbers, which are never shortened.
    public static func right(_ title: String, _ importance: Importance = .normal) -> Column {
      Column(title: title, isRight: true, importance: importance)
    }
  }

  /// The columns, from the left; the first is always kept.
  public var columns: [Column]
  /// The fields; a row that is short is filled up with empty ones.
  public var rows: [[String]]

  /// Makes a table.
  public init(columns: [Column], rows: [[String]]) {
    self.columns = columns
    self.rows = rows.map { row in
      columns.indices.map { $0 < row.count ? TextWidth.printable(row[$0]) : "" }
    }
  }

  /// Writes the table with a newline after each line.
  ///
  /// Where it is wider than `width`, texts are first shortened with "…" as far as they stay readable; then minor columns
  /// are dropped, texts shortened further, and normal columns dropped, always the least important and rightmost first.
  /// A last line names what was dropped. Essential columns stay even if the line then is too long. Nil is any width.
  public func render(width: Int? = nil) -> String {
    var layout = Layout(self)
    if let width { layout.fit(width) }
    let heading = layout.line(columns.map(\.title))
    let body = rows.map(layout.line)
    let hidden = columns.indices.filter { !layout.shown.contains($0) }.map { columns[$0].title }
    let remark = hidden.isEmpty ? "" : "(no room for \(hidden.joined(separator: ", ")))"
    return ([heading] + body + Self.wrapped(remark, width: width ?? .max)).map { $0 + "\n" }.joined()
  }
}

extension TextTable {
  /// Breaks a sentence at its blanks; none gives no line.
  private static func wrapped(_ text: String, width: Int) -> [String] {
    text.split(separator: " ").reduce(into: []) { lines, word in
      if let last = lines.last, TextWidth.of(last) + 1 + TextWidth.of(String(word)) <= width {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(String(word))
      }
    }
  }

  /// Which columns are shown, and how wide.
  private struct Layout {
    let columns: [Column]
    var shown: [Int]
    var widths: [Int]
    /// The widths that the texts ask for.
    let natural: [Int]

    /// The blanks between two columns.
    static let gap = 2
    /// Texts this long can still be told apart.
    static let readable = 20
    /// A text shorter than this says nothing any more.
    static let shortest = 10

    init(_ table: TextTable) {
      columns = table.columns
      shown = Array(table.columns.indices)
      natural = table.columns.indices.map { column in
        table.rows.reduce(TextWidth.of(table.columns[column].title)) { max($0, TextWidth.of($1[column])) }
      }
      widths = natural
    }

    private var total: Int { shown.reduce(0) { $0 + widths[$1] } + Self.gap * max(0, shown.count - 1) }

    mutating func fit(_ width: Int) {
      shorten(to: Self.readable, width)
      drop(.minor, width)
      shorten(to: Self.shortest, width)
      drop(.normal, width)
      giveBack(width)
    }

    private mutating func shorten(to least: Int, _ width: Int) {
      for column in leastImportantFirst where total > width && shown.contains(column) && !columns[column].isRight {
        let least = max(least, TextWidth.of(columns[column].title))
        widths[column] = min(widths[column], max(least, widths[column] - (total - width)))
      }
    }

    private mutating func drop(_ importance: Column.Importance, _ width: Int) {
      for column in leastImportantFirst where total > width && column > 0 {
        if columns[column].importance == importance { shown.removeAll { $0 == column } }
      }
    }

    /// Lets shortened texts grow again into the room that dropped columns left, the most important first.
    private mutating func giveBack(_ width: Int) {
      for column in leastImportantFirst.reversed() where shown.contains(column) && total < width {
        widths[column] = min(natural[column], widths[column] + width - total)
      }
    }

    private var leastImportantFirst: [Int] {
      columns.indices.sorted { (columns[$0].importance, -$0) < (columns[$1].importance, -$1) }
    }

    func line(_ fields: [String]) -> String {
      let texts = shown.map { column in
        let text = TextWidth.shortened(fields[column], to: widths[column])
        let blanks = String(repeating: " ", count: max(0, widths[column] - TextWidth.of(text)))
        return columns[column].isRight ? blanks + text : text + blanks
      }
      let line = texts.joined(separator: String(repeating: " ", count: Self.gap))
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
