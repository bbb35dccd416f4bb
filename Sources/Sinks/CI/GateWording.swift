import Foundation
import Records

/// A gate's verdicts in the words that all of its formats share.
struct GateWording {
  let gate: GateRecord

  /// One sentence: what was found, of how many.
  var conclusion: String {
    let counts = GateVerdict.Outcome.bySeverity.compactMap { outcome -> String? in
      let count = gate.counted(outcome).count
      return count == 0 ? nil : "\(count) \(Self.word(of: outcome))"
    }
    let advisory = gate.verdicts.filter { $0.advisory != nil }.count
    var text = counts.isEmpty ? "nothing was judged" : counts.joined(separator: ", ")
    if advisory > 0 { text += "; \(advisory) advisory" }
    if gate.status != .complete { text += " (\(gate.status.rawValue), not complete)" }
    return text
  }

  /// What the whole gate comes to: the gravest verdict that counts; nil where none does.
  var overall: GateVerdict.Outcome? { GateVerdict.Outcome.bySeverity.first { !gate.counted($0).isEmpty } }

  /// The verdicts as a reader wants them: those that count before the advisory ones, the gravest first.
  var ranked: [GateVerdict] {
    [false, true].flatMap { isAdvisory in
      GateVerdict.Outcome.bySeverity.flatMap { outcome in
        gate.verdicts.filter { $0.verdict == outcome && ($0.advisory != nil) == isAdvisory }
      }
    }
  }

  /// "1a2b3c4 (origin/main)": a side by its commit, or by its name alone.
  static func named(_ side: GateSide) -> String {
    let state = side.dirty == true ? ", with changes" : ""
    guard let commit = side.commit else { return side.name + state }
    let short = String(commit.prefix(7))
    return commit.hasPrefix(side.name) && side.name.count >= 7 ? short + state : "\(short) (\(side.name))\(state)"
  }

  /// Metrics that a verdict counts for, and those that are shown only, each with the reason.
  var gatedOn: [String] { Self.unique(gate.verdicts.filter { $0.advisory == nil }.map(\.metric)) }

  /// The metrics whose verdicts do not count, with why.
  var advisory: [(metric: String, reason: String)] {
    Self.unique(gate.verdicts.filter { $0.advisory != nil }.map(\.metric)).compactMap { metric in
      gate.verdicts.first { $0.metric == metric && $0.advisory != nil }.map { (metric, $0.advisory ?? "") }
    }
  }

  /// The words of a verdict.
  static func word(of outcome: GateVerdict.Outcome) -> String {
    switch outcome {
    case .regressed: "REGRESSED"
    case .improved: "IMPROVED"
    case .pass: "PASS"
    case .inconclusive: "INCONCLUSIVE"
    case .invalid: "INVALID"
    }
  }

  /// "+3.12 %": the change of the metric's value.
  static func effect(of verdict: GateVerdict) -> String? { verdict.effect.map(change) }

  /// "+2.7 % to +3.6 %", or "exact" of a count that repeated.
  static func interval(of verdict: GateVerdict) -> String? {
    guard let lower = verdict.effectLower, let upper = verdict.effectUpper else { return nil }
    if lower == upper { return "exact" }
    return "\(change(lower)) to \(change(upper))"
  }

  /// Which way is better: "less is better".
  static func direction(of verdict: GateVerdict) -> String {
    verdict.better == .lower ? "less is better" : "more is better"
  }

  /// One sentence with everything that a reader of a log needs.
  func sentence(_ verdict: GateVerdict) -> String {
    var text = "\(verdict.metric) of \(verdict.cell)"
    if let effect = Self.effect(of: verdict) {
      text += " changed by \(effect)"
      if let interval = Self.interval(of: verdict) {
        text += interval == "exact" ? ", exactly" : ", \(Self.share(gate.rules.level)) interval \(interval)"
      }
      text += " (\(Self.direction(of: verdict)), margin \(Self.share(verdict.margin)))"
    }
    if let smallest = verdict.smallestVisible {
      text += ". The smallest worsening that this gate could have seen is \(Self.percent(smallest))"
    }
    if let reason = verdict.reason { text += ". \(reason)" }
    if let advisory = verdict.advisory { text += ". Advisory: \(advisory)" }
    return text
  }

  /// "12 of 20 blocks dropped", "20 blocks": what the verdict rests on.
  static func blocks(of verdict: GateVerdict) -> String {
    verdict.blocksDropped == 0 ? "\(verdict.blocksUsed)" : "\(verdict.blocksUsed), \(verdict.blocksDropped) dropped"
  }

  /// A change by a share of 1 with its sign and two decimals, more where it would else be 0.
  static func change(_ share: Double) -> String {
    (share < 0 ? "−" : "+") + percent(abs(share))
  }

  /// A share that somebody chose, without digits that nobody wrote: "95 %", "0.1 %".
  static func share(_ share: Double) -> String { String(format: "%.6g %%", share * 100) }

  /// A share of 1 that was measured, as percent: "3.12 %".
  static func percent(_ share: Double) -> String { "\(Number.threeDigits(share * 100)) %" }

  private static func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }
}

extension GateVerdict.Outcome {
  /// The gravest first.
  static let bySeverity: [GateVerdict.Outcome] = [.regressed, .invalid, .inconclusive, .improved, .pass]
}
