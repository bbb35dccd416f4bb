import Compare
import Foundation
import Records
import Sinks
import Statistics

/// A comparison for people, for pull requests, and for programs.
struct CompareView {
  let comparison: RecordComparison
  let base: RecordFinder.Found
  let head: RecordFinder.Found

  // MARK: Text

  /// A table per part, what makes no difference first.
  func text(width: Int, style: Style) -> String {
    var parts = [
      comparison.warnings.map { warning in
        Prose.wrapped(warning, width: width).map { style.warning($0) + "\n" }.joined()
      }.joined()
    ]
    parts.append("base  \(side(base))\nhead  \(side(head))\n")
    let (told, untold) = (comparison.same.filter { $0.interval != nil }, comparison.same.filter { $0.interval == nil })
    for (title, rows) in [
      ("No difference seen", told), ("Different, the largest first", comparison.different),
      ("Too few repetitions for an interval", untold),
    ] where !rows.isEmpty {
      parts.append(style.bold(title) + "\n" + tables(rows, width: width))
    }
    if !comparison.omissions.isEmpty {
      let lines = comparison.omissions.map { "\($0.cell): \($0.reason)" }
      parts.append(style.bold("Not compared") + "\n" + lines.map { "  \($0)\n" }.joined())
    }
    parts.append(Prose.wrapped(Self.explanation(comparison), width: width).map { style.dim($0) + "\n" }.joined())
    return parts.joined(separator: "\n")
  }

  /// A table per metric, so that the ids of cells have room.
  private func tables(_ rows: [RecordComparison.Row], width: Int) -> String {
    let metrics = rows.map(\.metric).reduce(into: [Metric]()) { if !$0.contains($1) { $0.append($1) } }
    return metrics.map { metric in
      TextTable(
        columns: [
          .left("\(metric.name) (\(metric.unit))", .essential), .right("base", .minor), .right("head", .minor),
          .right("head/base", .essential), .right("95 % interval"), .left("", .essential),
        ],
        rows: rows.filter { $0.metric == metric }.map { row in
          [
            row.cell, Number.threeDigits(row.baseMedian), Number.threeDigits(row.headMedian), Self.ratio(row.ratio),
            Self.interval(row), Self.words(row),
          ]
        }
      ).render(width: width)
    }.joined(separator: "\n")
  }

  private func side(_ found: RecordFinder.Found) -> String {
    let tool = found.record.tool
    let commit = tool.commit.map { " \($0.prefix(7))\(tool.dirty == true ? " and changes" : "")" } ?? ""
    return "\(found.path) (\(tool.name) \(tool.version)\(commit))"
  }

  private static func ratio(_ ratio: Double) -> String { String(format: "%.4f", ratio) }

  private static func interval(_ row: RecordComparison.Row) -> String {
    row.interval.map { "\(ratio($0.lower))–\(ratio($0.upper))" } ?? Number.unknown
  }

  /// "± 1.3 %", "2.1 % better", "3.0 % more".
  private static func words(_ row: RecordComparison.Row) -> String {
    guard row.interval != nil else { return "" }
    guard row.isDifference else { return row.visibleShare.map { "± \(percent($0))" } ?? "" }
    guard let isBetter = row.isBetter else {
      return "\(percent(abs(row.ratio - 1))) \(row.ratio > 1 ? "more" : "less")"
    }
    return "\(percent(abs(row.ratio - 1))) \(isBetter ? "better" : "worse")"
  }

  private static func percent(_ share: Double) -> String { String(format: "%.\(share < 0.1 ? 2 : 1)f %%", share * 100) }

  private static func explanation(_ comparison: RecordComparison) -> String {
    let count = comparison.same.count + comparison.different.count
    let chance =
      count >= 20
      ? " Of \(count) comparisons about \(max(1, count / 20)) would show a difference by chance alone." : ""
    return "Ratios are Hodges–Lehmann's, intervals those of the rank-sum test over the repetitions; ± is the largest "
      + "change that an interval without a difference allows.\(chance)"
  }

  // MARK: Markdown

  /// The same as one table.
  var markdown: String {
    var lines = comparison.warnings.map { "> \(Self.escaped($0))\n>" }
    lines += ["", "base: \(Self.escaped(side(base)))  ", "head: \(Self.escaped(side(head)))", ""]
    lines += [
      "| cell | metric | base | head | head/base | 95 % interval | |",
      "| :-- | :-- | --: | --: | --: | --: | :-- |",
    ]
    for row in comparison.same + comparison.different {
      let fields = [
        row.cell, row.metric.name, Number.threeDigits(row.baseMedian), Number.threeDigits(row.headMedian),
        Self.ratio(row.ratio), Self.interval(row), row.isDifference ? "**\(Self.words(row))**" : Self.words(row),
      ]
      lines.append("| " + fields.map(Self.escaped).joined(separator: " | ") + " |")
    }
    if !comparison.omissions.isEmpty {
      lines += [""] + comparison.omissions.map { "- not compared: \(Self.escaped("\($0.cell): \($0.reason)"))" }
    }
    return (lines + ["", Self.explanation(comparison)]).joined(separator: "\n") + "\n"
  }

  /// A bar would end the field, a newline the row.
  private static func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "|", with: "\\|").split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  // MARK: JSON

  /// The same for programs: keys as in records, what is unknown left out.
  var document: Document {
    Document(
      base: Document.Side(base), head: Document.Side(head), warnings: comparison.warnings,
      rows: (comparison.same + comparison.different).map(Document.Row.init),
      notCompared: comparison.omissions.map { Document.Omission(cell: $0.cell, reason: $0.reason) })
  }

  /// What `--json` writes.
  struct Document: Encodable {
    let base: Side
    let head: Side
    let warnings: [String]
    let rows: [Row]
    let notCompared: [Omission]

    enum CodingKeys: String, CodingKey {
      case base, head, warnings, rows
      case notCompared = "not_compared"
    }

    struct Side: Encodable {
      let path: String
      let id: String
      let commit: String?
      let machine: String

      init(_ found: RecordFinder.Found) {
        path = found.path
        id = found.record.id
        commit = found.record.tool.commit
        machine = found.record.machine.name
      }
    }

    struct Row: Encodable {
      let cell: String
      let metric: String
      let unit: String
      let better: Metric.Direction
      let ratio: Double
      let ratioLower: Double?
      let ratioUpper: Double?
      let isDifference: Bool
      let baseMedian: Double
      let headMedian: Double
      let baseRepetitions: Int
      let headRepetitions: Int

      enum CodingKeys: String, CodingKey {
        case cell, metric, unit, better, ratio
        case ratioLower = "ratio_lower"
        case ratioUpper = "ratio_upper"
        case isDifference = "is_difference"
        case baseMedian = "base_median"
        case headMedian = "head_median"
        case baseRepetitions = "base_repetitions"
        case headRepetitions = "head_repetitions"
      }

      init(_ row: RecordComparison.Row) {
        cell = row.cell
        metric = row.metric.name
        unit = row.metric.unit
        better = row.metric.better
        ratio = row.ratio
        ratioLower = row.interval?.lower
        ratioUpper = row.interval?.upper
        isDifference = row.isDifference
        baseMedian = row.baseMedian
        headMedian = row.headMedian
        baseRepetitions = row.baseCount
        headRepetitions = row.headCount
      }
    }

    struct Omission: Encodable {
      let cell: String
      let reason: String
    }
  }
}
