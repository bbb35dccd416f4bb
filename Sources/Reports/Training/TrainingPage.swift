import Charts
import Foundation
import Records

/// What training came to: the curves of one run, or of several such as a ternary model and its float twin.
public enum TrainingPage {
  /// Renders the page as HTML.
  ///
  /// Every number is one of the run's own files, or follows from them; runs are compared after the same number of
  /// steps, and nothing is averaged across them.
  ///
  /// - Parameters:
  ///   - runs: At least one, in the order of the page.
  ///   - command: The command line that makes the page, program name first; printed in the footer.
  ///   - problems: What was asked for and could not be read; named on the page.
  /// - Throws: `ReportError.noRecords` for an empty list, `ReportError.template` where a template cannot be read.
  public static func render(runs: [TrainedRun], command: [String], problems: [PageProblem] = []) throws -> String {
    try document(runs: runs, problems: problems).html(command: command)
  }

  /// Renders the page as Markdown.
  ///
  /// - Throws: `ReportError.noRecords` for an empty list.
  public static func markdown(runs: [TrainedRun], command: [String], problems: [PageProblem] = []) throws -> String {
    try document(runs: runs, problems: problems).markdown(command: command)
  }

  /// The figures of the page, for files of their own.
  public static func figures(of runs: [TrainedRun]) -> [Figure] {
    let named = TrainedRuns(runs)
    let overSteps = [
      LossBySteps.figure(named), GapBySteps.figure(named), ScheduleBySteps.figure(named), StepsFigure.figure(named),
    ].compactMap(\.self)
    return (overSteps + named.all.flatMap(weightFigures)).map { figure in
      var figure = figure
      figure.chart.provenance = named.all.map { "\($0.name): \(TrainingTables.origin($0.run))" }
      return figure
    }
  }

  static func document(runs: [TrainedRun], problems: [PageProblem]) throws -> Document {
    guard !runs.isEmpty else { throw ReportError.noRecords }
    let named = TrainedRuns(runs)
    return Document(
      title: "Training of \(TrainingAnswer.list(named.all.map(\.name)))", eyebrow: eyebrow(named),
      answer: TrainingAnswer.sentences(of: named), problems: problems + named.all.flatMap(absences),
      sections: [result(named), steps(named)] + named.all.compactMap { weights($0, isOnly: named.all.count == 1) }
        + [settings(named), provenance(named)].compactMap(\.self))
  }

  private static func eyebrow(_ runs: TrainedRuns) -> String {
    let machines = RunView.distinct(runs.all.compactMap { $0.run.record?.machine.cpu.model })
    let dates = RunView.distinct(runs.all.compactMap { $0.run.record.map { String($0.updatedAt.prefix(10)) } })
    let parts = machines + dates
    return parts.isEmpty ? Format.count(runs.all.count, "training run") : parts.joined(separator: " · ")
  }

  /// What a folder does not hold, and what would.
  private static func absences(_ run: TrainedRuns.Run) -> [PageProblem] {
    let folder = run.run.folder
    var absences: [PageProblem] = []
    if run.run.record == nil {
      absences.append(
        PageProblem(
          subject: folder,
          reason:
            "It has no \(RecordFile.trainingName), which tern train writes, so its settings and its machine are not "
            + "known. A run that goes on with --resume gets one."))
    }
    if run.run.weights == nil {
      absences.append(
        PageProblem(
          subject: folder,
          reason:
            "It has neither a checkpoint nor a record of its weights, so none are drawn. The first is saved after "
            + "as many steps as save_every says."))
    }
    return absences
  }

  // MARK: Sections

  private static func result(_ runs: TrainedRuns) -> Document.Section {
    let figures = [LossBySteps.figure(runs), GapBySteps.figure(runs)].compactMap(\.self).map(Document.Block.figure)
    return Document.Section(
      id: "loss", title: "Loss",
      blocks: figures + [.table(TrainingTables.result(runs))])
  }

  private static func steps(_ runs: TrainedRuns) -> Document.Section {
    Document.Section(
      id: "steps", title: "Schedule, gradients and speed",
      blocks: [ScheduleBySteps.figure(runs), StepsFigure.figure(runs)].compactMap(\.self).map(Document.Block.figure))
  }

  private static func weightFigures(_ run: TrainedRuns.Run) -> [Figure] {
    let (front, more) = weightDrawings(run)
    return front + more
  }

  /// One figure of each kind, and those of further layers.
  private static func weightDrawings(_ run: TrainedRuns.Run) -> (front: [Figure], more: [Figure]) {
    let masters = run.run.weights.map { MasterHistograms.figures(run, $0) } ?? []
    guard run.run.isTernary == true else { return (Array(masters.prefix(1)), Array(masters.dropFirst())) }
    let codes = run.run.weights.map { TernaryCodes.figures(run, $0) } ?? []
    let zeros = [ZerosByLayer.figure(run)].compactMap(\.self)
    return (zeros + masters.prefix(1) + codes.prefix(1), Array(masters.dropFirst() + codes.dropFirst()))
  }

  private static func weights(_ run: TrainedRuns.Run, isOnly: Bool) -> Document.Section? {
    let (front, more) = weightDrawings(run)
    guard !front.isEmpty else { return nil }
    let isTernary = run.run.isTernary == true
    let prose =
      isTernary
      ? "Masters are what is trained; in the forward pass each projection is divided by the mean magnitude g of its "
        + "masters and rounded to −1, 0 and +1."
      : "Nothing is rounded in the forward pass: these are the weights of the model."
    return Document.Section(
      id: "\(run.prefix)-weights",
      title: (isTernary ? "Ternary weights" : "Weights") + (isOnly ? "" : " of \(run.name)"),
      blocks: [.prose(prose)] + front.map(Document.Block.figure)
        + (more.isEmpty ? [] : [.folded("Further layers", more.map(Document.Block.figure))]))
  }

  private static func settings(_ runs: TrainedRuns) -> Document.Section? {
    let known = runs.all.filter { $0.run.record != nil }
    guard !known.isEmpty else { return nil }
    return Document.Section(
      id: "settings", title: "Settings",
      blocks: [.table(TrainingTables.settings(known))]
        + known.compactMap { run in
          run.run.record.map { .folded("The configuration of \(run.name)", [.listing($0.configuration)]) }
        })
  }

  private static func provenance(_ runs: TrainedRuns) -> Document.Section {
    Document.Section(id: "provenance", title: "Provenance", blocks: [.table(TrainingTables.provenance(runs))])
  }
}
