import Foundation
import Records
import Sinks

/// A gate's result on a terminal: a table per cell, and what a reader must know of it.
struct GateView {
  let record: GateRecord
  let width: Int
  let style: Style

  /// The text, lines and all.
  func render() -> String {
    ([heading] + cells.map(table) + [summary]).filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private var cells: [String] {
    record.verdicts.map(\.cell).reduce(into: []) { cells, cell in if !cells.contains(cell) { cells.append(cell) } }
  }

  private var heading: String {
    var lines = Prose.wrapped("gate \(record.suite.name)  \(record.machine.cpu.model)", width: width).map(style.bold)
    lines.append("base  \(side(record.base))")
    lines.append("head  \(side(record.head))")
    if record.status == .interrupted {
      lines.append(style.warning("This gate was interrupted: verdicts rest on the blocks until then."))
    }
    return text(lines)
  }

  private func side(_ side: GateSide) -> String {
    let commit = side.commit.map { " (\($0.prefix(7))\(side.dirty == true ? ", modified" : ""))" } ?? ""
    return "\(side.name)\(commit)"
  }

  // MARK: - Tables

  private func table(_ cell: String) -> String {
    let rows = record.verdicts.filter { $0.cell == cell }
    let body = TextTable(
      columns: [
        .left("  metric", .essential), .left("verdict", .essential), .right("change", .essential),
        .left("95 % interval"), .right("margin", .minor), .right("could see"), .right("base", .minor),
      ],
      rows: rows.map { verdict in
        [
          "  " + name(verdict.metric), word(verdict), change(verdict), interval(verdict),
          Self.percent(verdict.margin, isSigned: false),
          verdict.smallestVisible.map { Self.percent($0, isSigned: false) } ?? Number.unknown,
          verdict.baseMedian.map(Number.threeDigits) ?? Number.unknown,
        ]
      }
    ).render(width: width)
    let lines = body.split(separator: "\n").map(String.init)
    let coloured = zip(lines.dropFirst(), rows).map { colour($0, $1) } + lines.dropFirst(1 + rows.count)
    return text([cell] + lines.prefix(1).map(style.dim) + coloured)
  }

  /// "instructions" for proxy_instructions_per_token: below the cell's name, among others of its kind.
  private func name(_ metric: String) -> String {
    let words = metric.replacingOccurrences(of: "_per_token", with: "").split(separator: "_")
    switch GateMetric(metric: metric) {
    case .proxies: return words.dropFirst().joined(separator: " ")
    case .time: return "time"
    case .energy: return words.filter { $0 != "j" }.joined(separator: " ")
    case .counters: return words.joined(separator: " ")
    }
  }

  private func word(_ verdict: GateVerdict) -> String {
    let word = verdict.verdict == .regressed ? "REGRESSED" : verdict.verdict.rawValue
    return verdict.advisory == nil ? word : "(\(word))"
  }

  private func change(_ verdict: GateVerdict) -> String {
    verdict.effect.map { Self.percent($0, isSigned: true) } ?? Number.unknown
  }

  private func interval(_ verdict: GateVerdict) -> String {
    guard let lower = verdict.effectLower, let upper = verdict.effectUpper, lower != upper else { return "" }
    return "\(Self.percent(lower, isSigned: true)) to \(Self.percent(upper, isSigned: true))"
  }

  private func colour(_ line: String, _ verdict: GateVerdict) -> String {
    switch verdict.verdict {
    case _ where verdict.advisory != nil: style.dim(line)
    case .regressed, .invalid: style.bad(line)
    case .improved: style.good(line)
    case .inconclusive: style.warning(line)
    case .pass: line
    }
  }

  /// Two digits behind the point where a percent is small, one where it is large.
  static func percent(_ share: Double, isSigned: Bool) -> String {
    let value = share * 100
    let decimals = abs(value) >= 10 ? 1 : 2
    let text = String(format: isSigned ? "%+.\(decimals)f %%" : "%.\(decimals)f %%", value)
    // A change that rounds to nothing has no direction.
    return Double(text.dropLast(2)) == 0 ? (value == 0 ? "0 %" : text.replacingOccurrences(of: "-", with: "+")) : text
  }

  // MARK: - Below the tables

  private var summary: String {
    var lines = Prose.wrapped(counts, width: width)
    for verdict in record.verdicts {
      guard let reason = verdict.reason, verdict.verdict != .pass else { continue }
      lines += Prose.wrapped("\(verdict.cell) \(name(verdict.metric)): \(reason)", width: width)
    }
    let advisories = Set(record.verdicts.compactMap(\.advisory)).sorted()
    if !advisories.isEmpty {
      lines += Prose.wrapped(
        "In parentheses, what does not count: " + advisories.joined(separator: "; ") + ".", width: width)
    }
    if let note = proxies { lines += Prose.wrapped(note, width: width) }
    for omission in record.leftOut {
      let what = [omission.cell, omission.metric].compactMap { $0 }.joined(separator: " ")
      lines += Prose.wrapped("left out: \(what): \(omission.reason)", width: width)
    }
    for warning in record.warnings {
      lines += Prose.wrapped("\(warning.id)  \(warning.message)", width: width).map(style.warning)
    }
    return text(lines)
  }

  private var counts: String {
    let counting = record.verdicts.filter { $0.advisory == nil }
    let words = GateVerdict.Outcome.allCases.compactMap { outcome -> String? in
      let count = counting.count { $0.verdict == outcome }
      return count == 0 ? nil : "\(count) \(outcome.rawValue)"
    }
    return words.isEmpty ? "No verdict counts." : words.joined(separator: ", ") + "."
  }

  /// How the counts came about, and by how much those of one side differ.
  private var proxies: String? {
    guard let meter = record.meters.first(where: { $0.id == "callgrind" }) else { return nil }
    let spreads = record.verdicts.filter(\.deterministic).flatMap { verdict in
      verdict.blocks.flatMap { [$0.base, $0.head] }.compactMap { values -> (share: Double, name: String)? in
        guard let least = values.min(), let most = values.max(), least > 0, most > least else { return nil }
        return (most / least - 1, "\(name(verdict.metric)) of \(verdict.cell)")
      }
    }
    let exact = "Counts were taken by \(meter.source) with one thread, and "
    guard let worst = spreads.max(by: { $0.share < $1.share }) else {
      return exact + "were equal in all runs of a side."
    }
    let most = Self.percent(worst.share, isSigned: false)
    return exact + "differed between runs of a side by up to \(most) (\(worst.name))."
  }

  private func text(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }
}
