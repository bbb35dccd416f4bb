import Foundation
import Records

/// JUnit's XML of a gate: one test per cell and metric.
///
/// What regressed is a failure, what is invalid an error, and what is inconclusive, advisory or was left out is skipped
/// with the reason, so that a reader sees that it was no success either. An advisory verdict that passed or improved
/// passes.
public struct GateJUnitSink: GateSink {
  /// "junit".
  public static let name = "junit"
  /// "xml".
  public static let fileExtension = "xml"
  /// For help texts.
  public static let summary = "JUnit XML, one test per cell and metric"

  /// Makes a sink.
  public init() {}

  /// Writes the document.
  public func render(_ gate: GateRecord) throws -> Data {
    let wording = GateWording(gate: gate)
    let properties: [(String, String?)] = [
      ("gate", gate.id), ("conclusion", wording.conclusion), ("base", GateWording.named(gate.base)),
      ("head", GateWording.named(gate.head)), ("machine", gate.machine.name), ("cpu", gate.machine.cpu.model),
      ("version", gate.tool.version), ("commit", gate.tool.commit), ("status", gate.status.rawValue),
    ]
    let suite = JUnitDocument.Suite(
      name: gate.suite.name, timestamp: gate.startedAt,
      properties: properties.compactMap { name, value in value.map { (name: name, value: $0) } },
      cases: gate.verdicts.map { Self.test(of: $0, wording) } + gate.leftOut.map(Self.test) + Self.unfinished(gate))
    return JUnitDocument(name: "tern gate", suites: [suite]).render()
  }

  private static func test(of verdict: GateVerdict, _ wording: GateWording) -> JUnitDocument.Case {
    let sentence = wording.sentence(verdict)
    let effect = GateWording.effect(of: verdict).map { " \($0)" } ?? ""
    let short = "\(GateWording.word(of: verdict.verdict))\(effect)"
    let result: JUnitDocument.Result
    switch verdict.verdict {
    case .pass, .improved: result = .passed
    case _ where verdict.advisory != nil: result = .skipped("advisory: \(short). \(sentence)")
    case .regressed: result = .failed(short, kind: "regressed", details: sentence)
    case .invalid: result = .error("\(short). \(verdict.reason ?? "")", kind: "invalid", details: sentence)
    case .inconclusive: result = .skipped("\(short). \(sentence)")
    }
    var output: String?
    if case .passed = result { output = "\(short). \(sentence)" }
    return JUnitDocument.Case(
      className: verdict.cell, name: verdict.metric, seconds: nil, result: result, output: output)
  }

  private static func test(of omission: GateOmission) -> JUnitDocument.Case {
    JUnitDocument.Case(
      className: omission.cell ?? "all cells", name: omission.metric ?? "all metrics", seconds: nil,
      result: .skipped("not compared: \(omission.reason)"), output: nil)
  }

  /// A gate that was cut short must not look like one that passed.
  private static func unfinished(_ gate: GateRecord) -> [JUnitDocument.Case] {
    guard gate.status != .complete else { return [] }
    return [
      JUnitDocument.Case(
        className: "gate", name: "runs to its end", seconds: nil,
        result: .error("the gate is \(gate.status.rawValue)", kind: "unfinished", details: "started \(gate.startedAt)"),
        output: nil)
    ]
  }
}
