import ArgumentParser
import Engine
import Foundation
import Harness
import Kernels
import Machine
import Records
import Sinks
import Suites

/// `tern verify`: one hash of a model's logits per kernel, thread count and placement, which must all be the same.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Prove that every kernel, thread count and placement gives the same logits, byte for byte.",
    discussion: """
      A prompt is read at once, then tokens are generated one at a time; the hash is SHA-256 over all their logits.
      Kernels that this CPU cannot run are listed with the reason. Exit status 3 if two hashes differ.
      """)

  @Option(name: [.customShort("m"), .long], help: "A zoo name (tern list models) or a checkpoint folder.")
  var model = "paper-125m"

  @Option(name: [.customShort("k"), .long], help: "Kernels or globs.")
  var kernel: [String] = ["*@*"]

  @Option(name: [.customShort("t"), .long], help: "Threads: numbers or ranges.")
  var threads: [String] = ["1,2,3"]

  @Option(help: "Placements: free, pinned, numa.")
  var placement: [String] = Placement.allCases.map(\.rawValue)

  @Option(name: [.customShort("p"), .customLong("prompt-tokens")], help: "Tokens read at once.")
  var prompt = 9

  @Option(name: [.customShort("n"), .customLong("gen-tokens")], help: "Tokens generated after them.")
  var generate = 2

  @Flag(help: "A JSON object on stdout instead of the table.")
  var json = false

  func validate() throws {
    if prompt < 1 { throw ValidationError("-p \(prompt): at least 1 token") }
    if generate < 0 { throw ValidationError("-n \(generate): 0 tokens or more") }
  }

  func run() throws {
    let machine = Machine()
    let plan = try plan(machine: machine)
    var logitsHash = LogitsHash(
      model: try ModelReference(model), cpus: machine.cpusForPinning(),
      selector: .ofThisBinary(machine: machine), prompt: prompt, decoded: generate)
    let results = try plan.cells.map { cell in try Row(cell, &logitsHash) }
    let hashes = Set(results.compactMap(\.sha256))
    if json {
      try Console.json(Report(model: model, prompt: prompt, generate: generate, results: results))
    } else {
      Console.text(
        ProseTable(columns: Row.columns, rows: results.map(\.cells)).render(width: Console.width))
    }
    let count = results.count { $0.sha256 != nil }
    Console.note(
      hashes.count == 1
        ? "identical  \(count) configurations, one hash" : "different  \(count) configurations, \(hashes.count) hashes")
    if hashes.count != 1 { throw ExitStatus.cellsFailed }
  }

  /// The configurations are the cells of a suite of one phase: its globs, ranges and reasons are the same as anywhere.
  private var suite: Suite {
    let test = SuiteCase(
      name: "verify", models: [model], kernels: CommaList.items(kernel), threads: CommaList.items(threads),
      placements: CommaList.items(placement), phases: ["pp\(prompt)"], repetitions: 1, minTimeSeconds: 0, warmup: 0,
      cooldownSeconds: 0, expectTokensSHA256: nil)
    return Suite(name: "verify", order: .sequential, seed: 1, meters: ["time"], cases: [test])
  }

  private func plan(machine: Machine) throws -> Plan {
    do { return try Plan(suite: suite, machine: machine) } catch let error as SuiteError {
      throw ValidationError(error.message)
    }
  }
}

/// What one configuration gave: a hash, or the reason why not.
private struct Row: Encodable {
  let kernel: String
  let threads: Int
  let placement: String
  let sha256: String?
  let reason: String?

  init(_ cell: Cell, _ logitsHash: inout LogitsHash) throws {
    kernel = cell.kernel ?? ""
    threads = cell.threads
    placement = cell.placement
    reason = cell.skipReason
    guard cell.skipReason == nil else {
      sha256 = nil
      return
    }
    sha256 = try logitsHash.sha256(.init(kernel: kernel, threads: threads, placement: placement))
  }

  static let columns: [TextTable.Column] = [
    .left("kernel"), .right("threads"), .left("placement"), .left("SHA-256 of the logits"),
  ]

  /// Twelve digits tell hashes apart for the eye; --json has all of them.
  var cells: [String] {
    [kernel, "\(threads)", placement, sha256.map { String($0.prefix(12)) } ?? "skipped: \(reason ?? "")"]
  }
}

/// `--json`.
private struct Report: Encodable {
  let model: String
  let prompt: Int
  let generate: Int
  let results: [Row]
}
