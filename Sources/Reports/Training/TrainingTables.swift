import Foundation
import Records
import Statistics

/// The tables of a training page: a row for each quantity, a column for each run.
enum TrainingTables {
  /// A quantity with its value for each run.
  private struct Row {
    let name: String
    let explanation: String
    let cells: [Table.Cell]
  }

  private static func table(
    _ id: String, _ caption: String, _ runs: [TrainedRuns.Run], _ rows: [Row], isNumeric: Bool
  ) -> Table {
    let shown = rows.filter { row in row.cells.contains { $0 != .absent } }
    return Table(
      id: id, caption: caption,
      columns: [Table.Column("quantity", "Quantity", "What the row holds.", isNumeric: false)]
        + runs.map { Table.Column($0.prefix, $0.name, "The value of \($0.name).", isNumeric: isNumeric) }
        + [Table.Column("meaning", "Meaning", "What the row says.", isNumeric: false)],
      rows: shown.map { [.text($0.name)] + $0.cells + [.text($0.explanation)] })
  }

  // MARK: What came out

  static func result(_ runs: TrainedRuns) -> Table {
    func row(_ name: String, _ explanation: String, _ cell: (TrainedRuns.Run) -> Table.Cell) -> Row {
      Row(name: name, explanation: explanation, cells: runs.all.map(cell))
    }
    func loss(_ value: Double?) -> Table.Cell { .number(value, LossBySteps.digits) }
    func perplexity(_ loss: Double?) -> Table.Cell {
      .number(loss.map(exp)) { _ in loss.flatMap(LossBySteps.perplexity) ?? "" }
    }
    func whole(_ value: Int?) -> Table.Cell { .number(value.map(Double.init), Format.grouped) }
    let reference = runs.reference?.name ?? ""
    let rows = [
      row("Steps", "done so far") { whole($0.run.lastStep) },
      row("Steps of the whole run", "as the configuration says") { whole($0.run.steps) },
      row("Tokens", "learnt from, with repetitions") { whole($0.run.curves.rows.last?.tokens) },
      row("Lowest held-out loss", "nats per token, of all evaluations: the state in model/") {
        loss($0.run.curves.best?.loss)
      },
      row("Its perplexity", "e to the loss") { perplexity($0.run.curves.best?.loss) },
      row("Its step", "after which it was measured") { whole($0.run.curves.best?.step) },
      row("Newest held-out loss", "nats per token") { loss($0.run.curves.evaluations.last?.loss) },
      row("Its perplexity", "e to the loss") { perplexity($0.run.curves.evaluations.last?.loss) },
      row("Loss above \(reference)", "of the held-out text, after the last step that both were measured at") { run in
        .number(runs.gaps(of: run).last?.share, GapBySteps.signed)
      },
      row("Loss of the last batches", "median of the last \(lastBatches) at most, nats per token") { run in
        loss(run.run.curves.rows.suffix(lastBatches).map(\.loss).median)
      },
      row("Zeros", "of the ternary weights, mean of the layers") { run in
        .number(run.run.curves.lastZeros?.mean, Format.percent)
      },
      row("Tokens per second", "median of the steps") { run in
        .significant(run.run.curves.rows.map(\.tokensPerSecond).median)
      },
      row("Time of the steps", "loading, evaluations and saves left out") { run in
        .number(run.run.curves.secondsOfSteps) { Format.duration(ns: $0 * 1e9) }
      },
      row("Time of all", "with evaluations and saves, over all resumptions") { run in
        .number((run.run.record?.timeTrainNs).map(Double.init)) { Format.duration(ns: $0) }
      },
    ]
    return table("training-result", "What came out", runs.all, rows, isNumeric: true)
  }

  /// Single batches differ by a few per cent.
  private static let lastBatches = 100

  // MARK: What was asked for

  static func settings(_ runs: [TrainedRuns.Run]) -> Table {
    let all = runs.compactMap { $0.run.record.map(TrainingSettings.rows) }
    let rows = (all.first ?? []).indices.map { index in
      Row(
        name: all[0][index].name, explanation: all[0][index].explanation,
        cells: all.map { .text($0[index].value) })
    }
    return table("training-settings", "Settings, defaults filled in", runs, rows, isNumeric: false)
  }

  static func provenance(_ runs: TrainedRuns) -> Table {
    func row(_ name: String, _ explanation: String, _ text: (TrainedRun) -> String?) -> Row {
      Row(
        name: name, explanation: explanation,
        cells: runs.all.map { run in text(run.run).map { .text($0) } ?? .absent })
    }
    let rows = [
      row("Folder", "that was read") { $0.folder },
      row("Weights", "which state is drawn") { run in
        run.weights.map { weights in weights.step.map { "after step \($0)" } ?? "of the lowest held-out loss" }
      },
      row("Begun", "UTC") { $0.record?.startedAt },
      row("Recorded", "UTC") { $0.record?.updatedAt },
      row("Status", "when it was recorded") { $0.record?.status.rawValue.replacing("_", with: " ") },
      row("Processor", "of the machine that trained last") { $0.record?.machine.cpu.model },
      row("System", "its operating system") { run in
        run.record.map { record in
          [record.machine.os, record.machine.kernelRelease, record.machine.architecture].compactMap(\.self)
            .joined(separator: ", ")
        }
      },
      row("Threads", "of the training") { $0.record.map { String($0.threads) } },
      row("Program", "that trained last") { $0.record.map { program($0.tool) } },
      row("Command", "that trained last") { $0.record?.command.joined(separator: " ") },
    ]
    return table("training-provenance", "Where the numbers come from", runs.all, rows, isNumeric: false)
  }

  /// One line for a figure's file.
  static func origin(_ run: TrainedRun) -> String {
    guard let record = run.record else { return "\(run.folder), step \(run.lastStep)" }
    return "step \(run.lastStep) of \(record.settings.steps), \(record.machine.cpu.model), \(program(record.tool)), "
      + record.updatedAt
  }

  private static func program(_ tool: ToolIdentity) -> String {
    let commit = tool.commit.map { " (\($0.prefix(7))\(tool.dirty == true ? ", modified" : ""))" } ?? ""
    return "\(tool.name) \(tool.version)\(commit), \(tool.configuration)"
  }
}
