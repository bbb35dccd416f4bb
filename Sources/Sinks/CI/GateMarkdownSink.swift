import Foundation
import Records

/// A gate's result for people: GitHub's job summary, a comment on a pull request.
///
/// What needs a look stands on top and open, what passed is folded away; below are the metrics that counted, those that
/// did not and why, warnings, and what was left out.
public struct GateMarkdownSink: GateSink {
  /// "md".
  public static let name = "md"
  /// "md".
  public static let fileExtension = "md"
  /// For help texts.
  public static let summary = "Markdown, for job summaries and pull requests"

  /// GitHub takes 1 MiB per step; 2000 rows of at most 300 bytes stay below it.
  static let mostRows = 2000

  /// Makes a sink.
  public init() {}

  /// Writes the document.
  public func render(_ gate: GateRecord) throws -> Data {
    let wording = GateWording(gate: gate)
    let flagged = wording.ranked.filter { $0.verdict != .pass }
    let passed = wording.ranked.filter { $0.verdict == .pass }
    var lines = [Self.heading(wording), "", "\(wording.conclusion). " + Self.sides(gate), ""]
    if !flagged.isEmpty { lines += Self.table(flagged, most: Self.mostRows / 2) + [""] }
    if !passed.isEmpty {
      lines += ["<details><summary>\(passed.count) passed</summary>", ""]
      lines += Self.table(passed, most: Self.mostRows / 2) + ["", "</details>", ""]
    }
    lines += Self.notes(wording)
    return Data((lines.joined(separator: "\n") + "\n").utf8)
  }

  private static func heading(_ wording: GateWording) -> String {
    let word = wording.overall.map(GateWording.word) ?? "NOTHING JUDGED"
    return "### \(word): gate of the suite \(Markdown.literal(wording.gate.suite.name))"
  }

  private static func sides(_ gate: GateRecord) -> String {
    "Base \(Markdown.code(GateWording.named(gate.base))), head \(Markdown.code(GateWording.named(gate.head))), "
      + "side by side on \(Markdown.literal(gate.machine.cpu.model)), \(Markdown.literal(gate.startedAt))."
  }

  private static func table(_ verdicts: [GateVerdict], most: Int) -> [String] {
    var lines = [
      "| verdict | cell | metric | effect | interval | smallest visible | margin | blocks |",
      "| :-- | :-- | :-- | --: | :-- | --: | --: | --: |",
    ]
    lines += verdicts.prefix(most).map(row)
    if verdicts.count > most { lines += ["", "… and \(verdicts.count - most) more, which the result file holds."] }
    return lines
  }

  private static func row(_ verdict: GateVerdict) -> String {
    let word = GateWording.word(of: verdict.verdict)
    let fields = [
      verdict.advisory == nil ? (verdict.verdict == .regressed ? "**\(word)**" : word) : "\(word) (advisory)",
      Markdown.code(verdict.cell), Markdown.code(verdict.metric),
      GateWording.effect(of: verdict) ?? Number.unknown, GateWording.interval(of: verdict) ?? Number.unknown,
      verdict.smallestVisible.map(GateWording.percent) ?? Number.unknown, GateWording.share(verdict.margin),
      GateWording.blocks(of: verdict),
    ]
    return "| \(fields.joined(separator: " | ")) |"
  }

  private static func notes(_ wording: GateWording) -> [String] {
    let gate = wording.gate
    var lines = [
      "Effects are head over base, as a change of the metric's value; intervals are of "
        + "\(GateWording.share(gate.rules.level)); the smallest visible is the worsening that this many blocks and "
        + "this noise would have flagged \(GateWording.share(gate.rules.power)) of the time."
    ]
    let names = wording.gatedOn.map(Markdown.code)
    lines += ["", "- Gated on: \(names.isEmpty ? "nothing" : names.joined(separator: ", "))."]
    lines += wording.advisory.map { "- \(Markdown.code($0.metric)) is advisory: \(Markdown.literal($0.reason))." }
    lines += reasons(of: gate.verdicts)
    lines += gate.leftOut.prefix(50).map { omission in
      let what = [omission.cell, omission.metric].compactMap { $0 }.map(Markdown.code).joined(separator: ", ")
      return "- Not compared: \(what.isEmpty ? "" : "\(what): ")\(Markdown.literal(omission.reason))"
    }
    if gate.leftOut.count > 50 { lines.append("- Not compared: \(gate.leftOut.count - 50) more.") }
    lines += gate.warnings.filter { $0.severity != .note }.map {
      "- \(Markdown.code($0.id)): \(Markdown.literal($0.message))"
    }
    return lines
  }

  /// Why verdicts were not reached, each reason once with how often it stands.
  private static func reasons(of verdicts: [GateVerdict]) -> [String] {
    let open = verdicts.filter { $0.verdict == .invalid || $0.verdict == .inconclusive }
    let counts = Dictionary(grouping: open.compactMap(\.reason)) { $0 }.mapValues(\.count)
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(20).map {
      "- \($0.value) × \(Markdown.literal($0.key))"
    }
  }
}
