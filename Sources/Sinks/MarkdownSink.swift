import Foundation
import Records

/// A Markdown table in the manner of llama-bench, one row per cell.
///
/// ± is the half-width of the 95 % interval of the mean. What is unknown is "–"; a number in brackets leads to the
/// reason below the table. This is for reading: the other formats hold the samples.
public struct MarkdownSink: Sink {
  /// "md".
  public static let name = "md"
  /// "md".
  public static let fileExtension = "md"
  /// For help texts.
  public static let summary = "a Markdown table, one row per cell"

  /// Makes a sink.
  public init() {}

  /// Writes one table per record, each with a line that says what was measured on which machine.
  public func render(_ records: [RunRecord]) throws -> Data {
    Data(records.map(Self.section).joined(separator: "\n").utf8)
  }

  private static func section(of record: RunRecord) -> String {
    let ceilings = Ceilings(record)
    let rows = record.cells.map { ResultRow($0, ceilings: ceilings) }
    let hasFractions = rows.contains { $0.fractionOfCeiling != nil }
    let hasEnergy = rows.contains { $0.energyPerToken != nil }
    let extra = (hasEnergy ? ["J/token"] : []) + (hasFractions ? ["of ceiling"] : [])
    var notes = Footnotes()
    var lines = [title(of: record), ""]
    lines += [header + extra.map { " \($0) |" }.joined(), rule + extra.map { _ in " --: |" }.joined()]
    lines += rows.map { row in
      let values = (hasEnergy ? [row.energyPerToken] : []) + (hasFractions ? [row.fractionOfCeiling] : [])
      return line(of: row, notes: &notes) + values.map { " \($0 ?? Number.unknown) |" }.joined()
    }
    lines += ["", "Rates are means ± the half-width of their 95 % interval (Student's t); – is unknown."]
    if let note = EnergyPerToken.explanation(of: record) { lines.append(note) }
    if hasFractions { lines.append(Ceilings.explanation) }
    lines += notes.lines
    return lines.joined(separator: "\n") + "\n"
  }

  private static func title(of record: RunRecord) -> String {
    let commit = record.tool.commit.map { " (\($0.prefix(7)))" } ?? ""
    let status = record.status == .complete ? "" : ", \(record.status.rawValue)"
    return escaped(
      "\(record.suite.name) on \(record.machine.cpu.model), \(record.tool.name) \(record.tool.version)\(commit), "
        + "\(record.startedAt)\(status)")
  }

  private static let header = "| model | size | params | bpw | kernel | threads | placement | phase | rate |"
  private static let rule = "| :-- | --: | --: | --: | :-- | --: | :-- | :-- | --: |"

  private static func line(of row: ResultRow, notes: inout Footnotes) -> String {
    var rate = row.rate == Number.unknown ? row.rate : "\(row.rate) \(row.unit)"
    if let note = row.note { rate += " [\(notes.number(of: note))]" }
    let fields = [
      row.model, row.size, row.parameters, row.bitsPerWeight, row.kernel, row.threads, row.placement, row.phase, rate,
    ]
    return "| " + fields.map(escaped).joined(separator: " | ") + " |"
  }

  /// A bar would end the field, a newline the row.
  private static func escaped(_ text: String) -> String { Markdown.inTable(text) }

  /// Equal notes share a number.
  private struct Footnotes {
    private var notes: [String] = []

    mutating func number(of note: String) -> Int {
      if let index = notes.firstIndex(of: note) { return index + 1 }
      notes.append(note)
      return notes.count
    }

    var lines: [String] {
      notes.isEmpty ? [] : [""] + notes.enumerated().map { "[\($0 + 1)] \(MarkdownSink.escaped($1))  " }
    }
  }
}
