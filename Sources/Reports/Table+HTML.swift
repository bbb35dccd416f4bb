import Charts

extension Table {
  /// The table as HTML, written by hand and not by a template: it is most of a large page.
  var html: String {
    var html = "<table id=\"\(HTML.escaped(id))\"\(isInteractive ? " class=\"interactive\"" : "")>"
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
        for (cell, column) in zip(row[..<runOn], columns) { html += Self.html(of: cell, in: column) }
        html += "<td class=\"run-on\" colspan=\"\(row.count - runOn)\">\(HTML.escaped(text))</td>"
      } else {
        for (cell, column) in zip(row, columns) { html += Self.html(of: cell, in: column) }
      }
      html += "</tr>\n"
    }
    return html + "</tbody></table>"
  }

  /// `data-v` holds the number that sorting and downloads use, where the text alone would lose digits.
  private static func html(of cell: Cell, in column: Column) -> String {
    let open = column.isNumeric ? "<td class=\"n\"" : "<td"
    switch cell {
    case .text(let text): return "\(open)>\(HTML.escaped(text))</td>"
    case .absent: return "\(open)>–</td>"
    case .number(let value, let shown):
      let exact = Format.machine(value)
      let attribute = exact == shown ? "" : " data-v=\"\(exact)\""
      return "\(open)\(attribute)>\(HTML.escaped(shown))</td>"
    }
  }

  /// The numbers of a chart as a table.
  init(_ chart: ChartTable, id: String, caption: String) {
    self.id = id
    self.caption = caption
    columns = chart.columns.map { Column($0.title, $0.title, $0.title, isNumeric: $0.isNumeric) }
    rows = chart.rows.map { row in row.map { $0.isEmpty ? .absent : .text($0) } }
  }
}
