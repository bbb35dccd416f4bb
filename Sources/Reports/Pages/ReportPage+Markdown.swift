import Foundation
import Records
import Sinks

extension ReportPage {
  /// Renders records as Markdown, for a pull request: the answer, what to know before it is believed, and every cell.
  ///
  /// - Throws: `ReportError.noRecords` for an empty list.
  public static func markdown(
    records: [RunRecord], command: [String], context: ReportContext = .none, problems: [PageProblem] = []
  ) throws -> String {
    guard !records.isEmpty else { throw ReportError.noRecords }
    let views = records.enumerated().map { RunView($1, prefix: "r\($0 + 1)", context: context) }
    let comparison = views.count > 1 ? Comparison(views) : nil
    var lines: [String] = []
    if let comparison {
      lines += ["# \(Markdown.line(comparison.title))", ""] + comparison.answer.flatMap { [Markdown.line($0), ""] }
    }
    lines += Markdown.problems(problems + (comparison?.problems ?? []))
    for section in comparison?.sections ?? [] {
      lines += ["## \(Markdown.line(section.title))", ""] + section.blocks.flatMap(Markdown.lines)
    }
    for view in views { lines += try run(view, level: comparison == nil ? "#" : "##") }
    lines.append("Made by `\(Markdown.code(command.joined(separator: " ")))`.")
    return lines.joined(separator: "\n") + "\n"
  }

  private static func run(_ run: RunView, level: String) throws -> [String] {
    let record = run.record
    let question = record.suite.question ?? "Results of the suite \(record.suite.name)"
    var lines = ["\(level) \(Markdown.line(question))", ""]
    lines += InShort.sentences(of: run).flatMap { [Markdown.line($0), ""] }
    let trust = TrustCard(run)
    lines += trust.facts.map { "- \(Markdown.line("\($0.value) \($0.name)"))" }
    lines += trust.status.map { ["- \(Markdown.line($0))"] } ?? []
    lines += trust.wrong.isEmpty ? [] : ["- wrong output: \(Markdown.line(trust.wrong.joined(separator: ", ")))"]
    lines += trust.warnings.map { "- \(Markdown.line("\($0.id): \($0.message)"))" }
    lines += trust.missing.map { "- \(Markdown.line("not measured: \($0.id), \($0.reason)"))" }
    lines += ["", "<details><summary>Every cell</summary>", ""]
    lines += [String(decoding: try MarkdownSink().render([record]), as: UTF8.self), "</details>", ""]
    return lines
  }
}
