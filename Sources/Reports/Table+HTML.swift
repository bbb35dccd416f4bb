import Charts

extension Table {
  /// The table as HTML, written by hand and not by a template: it is most of a large page.
  var html: String {
    // Columns of numbers are named once, in the table's classes: in every cell they would be a tenth of a large page.
    let numeric = columns.indices.filter { columns[$0].isNumeric }.map { "n\($0 + 1)" }
    let classes = (isInteractive ? ["interactive"] : []) + numeric + longColumns.map { "w\($0 + 1)" }
    let style = classes.isEmpty ? "" : " class=\"\(classes.joined(separator: " "))\""
    var html = "<table id=\"\(HTML.escaped(id))\"\(style)>"
    html += "<caption>\(HTML.escaped(caption))</caption><thead><tr>"
    for column in columns {
      html += "<th scope=\"col\"\(column.isNumeric ? " class=\"n\"" : "") data-key=\"\(HTML.escaped(column.key))\""
      html += " title=\"\(HTML.escaped(column.explanation))\">\(HTML.escaped(column.title))</th>"
    }
    html += "</tr></thead><tbody>\n"
    let runOn = columns.firstIndex { $0.key == runOnColumn }
    for row in rows {
      html += "<tr>"
      if let runOn, runOn + 1 < row.count, row[(runOn + 1)...].allSatisfy({ $0 == .absent }),
        case .text(let text) = row[runOn]
      {
        for cell in row[..<runOn] { append(cell, to: &html) }
        html += "<td class=\"run-on\" colspan=\"\(row.count - runOn)\">\(HTML.escaped(text))"
      } else {
        for cell in row { append(cell, to: &html) }
      }
      // The end tags of rows and cells are implied (HTML, 13.1.2.4).
      html += "\n"
    }
    return html + "</tbody></table>"
  }

  /// Columns of text that break their lines where the table has no room: a sentence must not push numbers out of sight.
  ///
  /// A table that can be sorted keeps a line for each row.
  private var longColumns: [Int] {
    guard !isInteractive else { return [] }
    return columns.indices.filter { index in
      !columns[index].isNumeric && rows.contains { index < $0.count && $0[index].shown.count > Self.longText }
    }
  }

  /// Characters of the longest names of models, kernels and phases.
  private static let longText = 24

  /// `data-v` holds the number that sorting and downloads use, where the text alone would lose digits; a table of
  /// thousands of rows is brief, and keeps it only where the text is no number.
  private func append(_ cell: Cell, to html: inout String) {
    html += "<td"
    switch cell {
    case .text(let text): html += ">" + HTML.escaped(text)
    case .absent: html += ">–"
    case .number(let value, let shown):
      if !(isBrief && Self.isNumber(shown)) {
        let exact = Format.machine(value)
        if exact != shown { html += " data-v=\"" + exact + "\"" }
      }
      html += ">" + HTML.escaped(shown)
    }
  }

  /// Digits and a point, with "×" behind them: what the script reads as a number.
  private static func isNumber(_ shown: String) -> Bool {
    let digits = shown.utf8.dropLast(shown.hasSuffix("×") ? 2 : 0)
    return !digits.isEmpty && digits.allSatisfy { 0x30...0x39 ~= $0 || $0 == 0x2E }
  }

  /// The numbers of a chart as a table.
  init(_ chart: ChartTable, id: String, caption: String) {
    self.id = id
    self.caption = caption
    columns = chart.columns.map { Column($0.title, $0.title, $0.title, isNumeric: $0.isNumeric) }
    rows = chart.rows.map { row in row.map { $0.isEmpty ? .absent : .text($0) } }
  }
}
