import Charts
import Records

extension Figure {
  /// The three files of a figure, by what follows its name: the drawing, its numbers, and where they come from.
  ///
  /// `record` is the one that the figure was drawn from; `command` the command line that writes the files.
  public func files(of record: RunRecord, command: [String]) -> [(ending: String, text: String)] {
    let lines = Provenance.lines(of: record).map { "\($0.name): \($0.value)" }
    let machine = MachineCard.lines(of: record.machine).map { "\($0.name): \($0.value)" }
    return files(origin: lines + machine, command: command)
  }

  /// The three files of a figure whose numbers come from elsewhere than a run's record: `origin` says where, line by
  /// line.
  public func files(origin: [String], command: [String]) -> [(ending: String, text: String)] {
    [
      ("svg", SVGRenderer(for: .file).render(chart)), ("csv", csv),
      ("txt", provenance(origin, command: command)),
    ]
  }

  /// The numbers of the figure as CSV (RFC 4180): numbers as shown, intervals as two columns, unknown values empty.
  public var csv: String {
    let table = (data ?? chart.table).withSplitIntervals()
    // A sign behind a number is for people too.
    let rows = table.rows.map { row in
      zip(row, table.columns).map { field, column in
        column.isNumeric && field.hasSuffix("×") ? String(field.dropLast()) : field
      }
    }
    let lines = [table.columns.map(\.title)] + rows
    return lines.map { $0.map(Self.quoted).joined(separator: ",") + "\r\n" }.joined()
  }

  private static func quoted(_ field: String) -> String {
    guard field.contains(where: { ",\"\r\n".contains($0) || $0.isNewline }) else { return field }
    return "\"" + field.replacing("\"", with: "\"\"") + "\""
  }

  /// Title, caption and everything that identifies the numbers, a line each.
  private func provenance(_ origin: [String], command: [String]) -> String {
    let made = ["Figure made by: \(command.joined(separator: " "))"] + sources.map { "Published numbers: \($0)" }
    return ([chart.title, caption, ""] + origin + made).joined(separator: "\n") + "\n"
  }
}

extension ChartTable {
  /// "40.9–41.4" is for people; a program wants two columns.
  fileprivate func withSplitIntervals() -> ChartTable {
    var split = ChartTable(columns: [], rows: rows.map { _ in [] })
    for (place, column) in columns.enumerated() {
      let isInterval = column.title == "95 %"
      let name = place > 0 ? columns[place - 1].title : ""
      split.columns +=
        isInterval
        ? [Column("\(name), 95 % lower", isNumeric: true), Column("\(name), 95 % upper", isNumeric: true)] : [column]
      for index in rows.indices {
        let field = rows[index][place]
        guard isInterval else {
          split.rows[index].append(field)
          continue
        }
        let ends = field.split(separator: "–", maxSplits: 1).map {
          $0.hasSuffix("×") ? String($0.dropLast()) : String($0)
        }
        split.rows[index] += ends.count == 2 ? ends : ["", ""]
      }
    }
    return split
  }
}
