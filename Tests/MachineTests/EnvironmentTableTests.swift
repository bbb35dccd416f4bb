import Foundation
import Records
import Testing

@testable import Machine

/// The table of the article about the environment, held against the checks and rules themselves.
@Suite("Environment table")
struct EnvironmentTableTests {
  static let article = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../Sources/tern/Documentation.docc/Environment.md").standardized

  /// One row for each check and rule, in the order in which they are told.
  static var rows: [String] {
    let watched = Set(Check.watched.map(\.id))
    func row(_ id: String, _ moment: String, _ severity: String, _ threshold: String, _ fix: String) -> String {
      let cells = ["`\(id)`", moment, severity, threshold, fix]
      return "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }
    return Check.all.map {
      row($0.id, watched.contains($0.id) ? "before each cell" : "before", $0.severity.rawValue, $0.threshold, $0.fix)
    }
      + PinningRule.all.map { row($0.id, "before each cell", $0.severity.rawValue, $0.threshold, $0.fix) }
      + EnvironmentRule.all.map { row($0.id, "in the cell", $0.severity.rawValue, $0.threshold, $0.fix) }
      + [row(FrequencySpread.id, "after the cell", "warn", FrequencySpread.threshold, FrequencySpread.fix)]
  }

  @Test("The article's table is the code's")
  func table() throws {
    var text = try String(contentsOf: Self.article, encoding: .utf8)
    let head = "| id | when | at most | threshold | fix |\n|---|---|---|---|---|"
    let table = ([head] + Self.rows).joined(separator: "\n")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
        !line.hasPrefix("| `W-") && !head.split(separator: "\n").contains(line)
      }
      let mark = try #require(lines.firstIndex { $0.hasPrefix("<!-- The table") })
      let below = lines[(mark + 1)...].drop { $0.isEmpty }
      text = (lines[...mark] + ["", Substring(table), ""] + below).joined(separator: "\n")
      try text.write(to: Self.article, atomically: true, encoding: .utf8)
    }
    for row in Self.rows {
      let stands = text.contains("\n\(row)\n")
      #expect(stands, "missing or outdated in Environment.md (UPDATE_GOLDEN=1 writes it): \(row)")
    }
    let documented = text.split(separator: "\n").filter { $0.hasPrefix("| `W-") }
    #expect(documented.count == Self.rows.count, "Environment.md has rows of conditions that are gone")
  }

  @Test("More than 25 conditions are looked at, and no two at one moment share an id")
  func count() {
    #expect(Check.all.count >= 25)
    #expect(Set(PinningRule.all.map(\.id)).count == PinningRule.all.count)
    #expect(Set(EnvironmentRule.all.map(\.id)).count == EnvironmentRule.all.count)
  }
}
