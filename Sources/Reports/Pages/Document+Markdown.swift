import Charts
import Foundation

extension Document {
  /// The page as Markdown, for a pull request: tables stay tables, a figure becomes the table of its numbers.
  func markdown(command: [String]) -> String {
    var lines = ["# \(Markdown.line(title))", "", Markdown.line(eyebrow), ""]
    lines += answer.flatMap { [Markdown.line($0), ""] }
    lines += Markdown.problems(problems)
    for section in sections {
      lines += ["## \(Markdown.line(section.title))", ""] + section.blocks.flatMap(Markdown.lines)
    }
    lines.append("Made by `\(Markdown.code(command.joined(separator: " ")))`.")
    return lines.joined(separator: "\n") + "\n"
  }
}

/// Writes what a page holds as Markdown that renders alike everywhere.
enum Markdown {
  static func lines(of block: Document.Block) -> [String] {
    switch block {
    case .prose(let text): [line(text), ""]
    case .heading(let text): ["### \(line(text))", ""]
    case .notes(let notes): notes.map { "- \(line($0))" } + [""]
    case .table(let table): ["**\(line(table.caption))**", ""] + lines(of: table) + [""]
    case .figure(let figure):
      ["**\(line(figure.chart.title))**", ""] + lines(of: figure.chart.table) + ["", line(figure.caption), ""]
    // Indented by four, so that no fence in the text can end it.
    case .listing(let text): text.split(whereSeparator: \.isNewline).map { "    \($0)" } + [""]
    case .folded(let summary, let blocks):
      ["<details><summary>\(line(summary))</summary>", ""] + blocks.flatMap(lines) + ["</details>", ""]
    }
  }

  /// What is not on the page stands before the numbers.
  static func problems(_ problems: [PageProblem]) -> [String] {
    problems.isEmpty
      ? []
      : ["**Left out, and why**", ""] + problems.map { "- \(line($0.subject)): \(line($0.reason))" } + [""]
  }

  private static func lines(of table: Table) -> [String] {
    rows(
      table.columns.map { ($0.title, $0.isNumeric) },
      table.rows.map { row in
        row.map(\.shown)
      })
  }

  private static func lines(of table: ChartTable) -> [String] {
    rows(table.columns.map { ($0.title, $0.isNumeric) }, table.rows.map { $0.map { $0.isEmpty ? "–" : $0 } })
  }

  private static func rows(_ columns: [(title: String, isNumeric: Bool)], _ rows: [[String]]) -> [String] {
    [columns.map { line($0.title) }, columns.map { $0.isNumeric ? "--:" : ":--" }].map(joined)
      + rows.map { joined($0.map(line)) }
  }

  private static func joined(_ fields: [String]) -> String { "| " + fields.joined(separator: " | ") + " |" }

  /// One line without anything that Markdown or HTML would take for its own.
  static func line(_ text: String) -> String {
    var result = ""
    for character in text.split(whereSeparator: \.isNewline).joined(separator: " ") {
      switch character {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "|", "*", "`", "[", "]", "\\": result += "\\\(character)"
      default: result.append(character)
      }
    }
    return result
  }

  /// Text between backticks, which cannot be escaped there.
  static func code(_ text: String) -> String {
    text.replacing("`", with: "'").split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
