import Foundation
import Meters
import Records
import Suites

/// Any command, with a regular expression for its result.
struct CommandDialect: ProgramDialect {
  private let suite: SuiteProgram
  private let result: NSRegularExpression
  private let begins: NSRegularExpression?

  /// The line of the result ends the window, once it is open.
  let closesOnOutput = false

  /// Makes the dialect of a command.
  ///
  /// - Throws: `ProgramFailure` for an expression that is none, which a suite from a file cannot have.
  init(_ suite: SuiteProgram) throws {
    self.suite = suite
    guard let pattern = suite.rate ?? suite.time, let result = try? NSRegularExpression(pattern: pattern) else {
      throw ProgramFailure("\(suite.name) has no regular expression for its rate or time")
    }
    self.result = result
    begins = try suite.begins.map { pattern in
      guard let begins = try? NSRegularExpression(pattern: pattern) else {
        throw ProgramFailure("\(suite.name): begins is no regular expression")
      }
      return begins
    }
  }

  var windowReason: String? {
    begins == nil ? "nothing says when the command's work begins; a suite's key begins can" : nil
  }

  func program(_ job: ProgramJob) throws -> Program {
    if job.model == nil, suite.mentions(.model) {
      throw ProgramFailure("\(suite.name) has no model file; name one under [[program]]")
    }
    let values: [SuiteProgram.Placeholder: String] = [
      .threads: "\(job.threads)", .prompt: "\(job.phase.prompt ?? 0)", .generate: "\(job.phase.generate ?? 0)",
      .depth: "\(job.phase.depth ?? 0)", .repetitions: "\(job.repetitions)", .model: job.model ?? "",
      .cpus: job.cpus.map(String.init).joined(separator: ","),
    ]
    return try Program(
      suite.command.map { argument in
        values.reduce(argument) { $0.replacingOccurrences(of: $1.key.spelling, with: $1.value) }
      })
  }

  func canRepeat(_ phase: PhaseRecord) -> Bool { suite.mentions(.repetitions) && windowReason == nil }

  func opens(on line: String) -> Bool { begins.map { Self.match($0, line) != nil } ?? false }

  func closes(on line: String) -> Bool { number(in: line) != nil }

  func result(_ output: ProgramOutput, job: ProgramJob) throws -> ProgramResult {
    guard let value = output.lines.lazy.compactMap(number).first else {
      let pattern = suite.rate ?? suite.time ?? ""
      throw ProgramFailure("\(suite.name) ended well and wrote no line with a number that fits \(pattern)")
    }
    if suite.rate != nil { return ProgramResult(timeNs: Double(job.tokens) / value * 1e9) }
    return ProgramResult(timeNs: value * suite.timeUnit.inNanoseconds)
  }

  /// The positive number that the line's group holds.
  private func number(in line: String) -> Double? {
    guard let text = Self.match(result, line), let value = Double(text), value > 0, value < 1e18 else { return nil }
    return value
  }

  /// The first group of a match, or the match where there are no groups.
  private static func match(_ expression: NSRegularExpression, _ line: String) -> String? {
    let all = NSRange(line.startIndex..<line.endIndex, in: line)
    guard let match = expression.firstMatch(in: line, range: all) else { return nil }
    let group = match.numberOfRanges > 1 ? match.range(at: 1) : match.range
    return Range(group, in: line).map { String(line[$0]) }
  }
}
