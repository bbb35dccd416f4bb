import ArgumentParser
import Engine
import Foundation
import Kernels
import Machine
import Meters
import Sinks
import Suites

/// `tern list`: what this build knows and this machine can do.
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List models, kernels, heads, suites, meters or counters.")

  /// What can be listed.
  enum Subject: String, ExpressibleByArgument, CaseIterable {
    case models, kernels, heads, suites, meters, counters
  }

  @Argument(help: "models, kernels, heads, suites, meters or counters.")
  var subject: Subject

  @Flag(help: "A JSON array of objects, each with a name.")
  var json = false

  func run() throws {
    switch subject {
    case .models:
      let models = try ShippedModel.all.map { try $0.shape() } + Zoo.models
      try emit(models.map { ModelRow($0) }, header: ModelRow.header, \.cells, hasProse: false)
    case .kernels: try emit(KernelRow.all, header: KernelRow.header, \.cells)
    case .heads: try emit(KernelRegistry.denseKernels.map(HeadRow.init), header: HeadRow.header, \.cells)
    case .suites:
      if let refusal = SuiteLibrary.refusal { throw CommandError(refusal) }
      try emit(SuiteLibrary.names.map(SuiteRow.init), header: SuiteRow.header, \.cells)
    case .meters: try emit(MeterRow.all(machine: Machine()), header: MeterRow.header, \.cells)
    case .counters: try emit(CounterRow.all(machine: Machine()), header: CounterRow.header, \.cells)
    }
  }

  private func emit<Row: Encodable>(
    _ rows: [Row], header: [TextTable.Column], _ cells: (Row) -> [String], hasProse: Bool = true
  ) throws {
    if json { return try Console.json(rows) }
    if rows.isEmpty { Console.note("no \(subject.rawValue) here") }
    let (cells, width) = (rows.map(cells), Console.width)
    Console.text(
      hasProse
        ? ProseTable(columns: header, rows: cells).render(width: width)
        : TextTable(columns: header, rows: cells).render(width: width))
  }
}
