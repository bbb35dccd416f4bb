import ArgumentParser
import Charts
import Foundation
import Records
import Reports

extension ReportCommand {
  /// Whether the page is of training runs: what is named is folders, and a record is a file.
  var isTraining: Bool { history == nil && records.contains { TrainingFolder.of($0) != nil } }

  /// Refuses flags that say something of records and nothing of training.
  func validateTraining() throws {
    guard isTraining else { return }
    for (flag, isGiven) in [("--energy", energy), ("--select", !select.isEmpty)] where isGiven {
      throw ValidationError("\(flag) goes with records; \(records[0]) is a folder of tern train")
    }
  }

  /// Reads the folders and writes their page.
  ///
  /// - Throws: `CommandError` where no folder could be read; a status of 1 where some could not.
  func writeTraining(to target: ReportTarget, with browser: Browser?) throws {
    var runs: [TrainedRun] = []
    var problems: [PageProblem] = []
    for path in records {
      do {
        guard let folder = TrainingFolder.of(path) else {
          throw CommandError("\(path): is no folder of tern train; records and training runs are on pages of their own")
        }
        let read = try TrainingFolder.read(folder)
        runs.append(read.run)
        problems += read.problems
      } catch {
        let text = "\(error)"
        problems.append(
          PageProblem(
            subject: path, reason: text.hasPrefix("\(path): ") ? String(text.dropFirst(path.count + 2)) : text))
      }
    }
    for problem in problems { Console.note("\(problem.subject): \(problem.reason)") }
    guard !runs.isEmpty else { throw CommandError("no training run could be read, so no page was written") }
    let command = CommandLine.arguments
    let text =
      target.format == .md
      ? try TrainingPage.markdown(runs: runs, command: command, problems: problems)
      : try TrainingPage.render(runs: runs, command: command, problems: problems)
    try emit(text, to: target, with: browser)
    if let figures {
      for figure in TrainingPage.figures(of: runs) {
        for file in figure.files(origin: figure.chart.provenance, command: command) {
          try write(file.text, to: "\(figures)/\(figure.chart.id).\(file.ending)")
        }
      }
    }
    if !problems.isEmpty { throw ExitCode.failure }
  }
}
