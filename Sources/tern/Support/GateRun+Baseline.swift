import Foundation
import Harness
import Records
import Suites

extension GateRun {
  /// Counts the head in every cell and writes what later builds are held against.
  ///
  /// - Throws: `GateError` where nothing could be counted or two runs do not agree; what writing throws.
  func save(baseline name: String) throws {
    let path = ProxyBaseline.path(of: name)
    try OutputFile.requireWritable(path)
    var cells: [String: [String: Double]] = [:]
    for cell in try prepareCounts(try admit()) {
      let id = cell.letter.cell.id
      guard let first = cell.taken.first else { continue }
      do {
        let again = try count(cell.letter, role: "head")
        for (metric, value) in first where again[metric] != value {
          Console.note("\(id): \(metric) was \(value), and \(again[metric] ?? 0) when it was counted again")
        }
      } catch let failure as LetterFailure {
        fail(id, isCount: true, failure)
      }
      cells[id] = first
      if !command.options.quiet { Console.note("counted  \(id)") }
    }
    for omission in record.leftOut { Console.note("left out  \(omission.cell ?? ""): \(omission.reason)") }
    guard !cells.isEmpty, failures.isEmpty else {
      throw GateError("\(path) was not written: \(cells.isEmpty ? "no cell could be counted" : "a cell failed")")
    }
    // Of another program than this one no more is known than it says.
    var tool = BuildIdentity.tool
    if record.head.commit != tool.commit { (tool.swift, tool.clang) = (nil, nil) }
    (tool.commit, tool.dirty) = (record.head.commit, record.head.dirty)
    tool.version = record.head.version ?? tool.version
    let baseline = ProxyBaseline(
      createdAt: Timestamp.now(), tool: tool, architecture: record.machine.architecture,
      emulator: emulator?.version ?? "", suite: plan.suite.name, cells: cells)
    try baseline.write(to: name)
    Console.note("baseline  \(path)")
  }
}
