import Foundation
import Records

/// Workflow commands that GitHub Actions shows beside a pull request's files: `::error file=…,title=…::message`.
///
/// What regressed is an error, what is invalid or inconclusive a warning, what improved a notice; advisory verdicts are
/// notices whatever they say, and what passed is silent. GitHub shows ten annotations of a kind and step: where there are
/// more, the last one says how many, and the job summary holds all.
public struct GateAnnotationsSink: GateSink {
  /// "github".
  public static let name = "github"
  /// "txt".
  public static let fileExtension = "txt"
  /// For help texts.
  public static let summary = "annotations of GitHub Actions, for the log of the step"
  /// What GitHub shows of each kind in a step; more are dropped without a word.
  static let most = 10

  /// The file that annotations point at, relative to the repository's root; nil for none.
  public var file: String?

  /// Makes a sink without a file.
  public init() {}

  /// Makes a sink whose annotations point at a file, such as the suite.
  public init(file: String?) { self.file = file }

  /// Writes one command per line.
  public func render(_ gate: GateRecord) throws -> Data {
    let wording = GateWording(gate: gate)
    var lines: [String] = []
    for level in ["error", "warning", "notice"] {
      let verdicts = wording.ranked.filter { Self.level(of: $0) == level }
      let shown = verdicts.count > Self.most ? verdicts.prefix(Self.most - 1) : verdicts[...]
      lines += shown.map { command(level, title: Self.title(of: $0), wording.sentence($0)) }
      if shown.count < verdicts.count {
        lines.append(
          command(
            level, title: "\(verdicts.count - shown.count) more",
            "\(verdicts.count - shown.count) more verdicts of this kind stand in the job summary"))
      }
    }
    if gate.status != .complete {
      lines.append(command("warning", title: "gate \(gate.status.rawValue)", "the gate did not run to its end"))
    }
    return Data(lines.map { $0 + "\n" }.joined().utf8)
  }

  private static func level(of verdict: GateVerdict) -> String? {
    switch verdict.verdict {
    case .pass: nil
    case _ where verdict.advisory != nil: "notice"
    case .regressed: "error"
    case .invalid, .inconclusive: "warning"
    case .improved: "notice"
    }
  }

  private static func title(of verdict: GateVerdict) -> String {
    let advisory = verdict.advisory == nil ? "" : " (advisory)"
    let effect = GateWording.effect(of: verdict).map { " \($0)" } ?? ""
    return "\(GateWording.word(of: verdict.verdict))\(effect)\(advisory)"
  }

  private func command(_ level: String, title: String, _ message: String) -> String {
    let properties = (file.map { ["file=\(Self.property($0))"] } ?? []) + ["title=\(Self.property(title))"]
    return "::\(level) \(properties.joined(separator: ","))::\(Self.data(message))"
  }

  /// What the runner turns back in a message.
  static func data(_ text: String) -> String {
    Escape.scalars(of: text) { scalar in
      switch scalar {
      case "%": "%25"
      case "\r": "%0D"
      case "\n": "%0A"
      default: Escape.isControl(scalar) ? " " : nil
      }
    }
  }

  /// What the runner turns back in a property, which a colon or a comma would end.
  static func property(_ text: String) -> String {
    Escape.scalars(of: data(text)) { $0 == ":" ? "%3A" : $0 == "," ? "%2C" : nil }
  }
}
