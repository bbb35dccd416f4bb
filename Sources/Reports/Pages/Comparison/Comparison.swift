import Charts
import Records

/// Several runs on one page: what can be compared stands side by side, what cannot is named.
struct Comparison {
  let title: String
  let answer: [String]
  let problems: [PageProblem]
  let sections: [Document.Section]

  /// Phases drawn for one set of runs; the others are named.
  private static let mostPhases = 4
  /// Models in one figure, the largest; the others are named.
  private static let mostModels = 12

  init(_ views: [RunView]) {
    let runs = ComparedRun.all(views)
    let machines = Set(views.map(Self.machine(of:))).count
    let comparability = Comparability(runs)
    title = machines > 1 ? "\(machines) machines, \(views.count) runs" : "\(views.count) runs of one machine"
    answer = [
      "Each run stands for itself: nothing is averaged across runs. Repetitions of different runs are not paired, so "
        + "drift of a machine between them is part of every difference."
    ]
    var problems = comparability.problems
    sections = comparability.sets.enumerated().flatMap { number, set in
      Self.sections(of: set, number: number + 1, isOnly: comparability.sets.count == 1, problems: &problems)
    }
    self.problems = problems
  }

  private static func sections(
    of set: Comparability.Group, number: Int, isOnly: Bool, problems: inout [PageProblem]
  ) -> [Document.Section] {
    let suffix = isOnly ? "" : ": \(set.name)"
    let shared = SharedModels(set.runs)
    problems += shared.problems
    var blocks: [Document.Block] = []
    var remarks: [String] = []
    let models = Array(shared.models.suffix(mostModels))
    if models.count < shared.models.count {
      let others = shared.models.dropLast(models.count).map(\.name).joined(separator: ", ")
      remarks.append("Of the smaller models the sections of the runs tell: \(others).")
    }
    let phases = phases(of: set.runs)
    for phase in phases.prefix(mostPhases) {
      let drawing = MachinesByModel.draw(set.runs, models: models, phase: phase, set: number)
      if let figure = drawing.figure { blocks.append(.figure(figure)) }
      remarks += drawing.remarks
    }
    if phases.count > mostPhases {
      let others = phases.dropFirst(mostPhases).joined(separator: ", ")
      remarks.append("Further phases that were run, shown in the sections of the runs: \(others).")
    }
    if blocks.isEmpty {
      problems.append(
        PageProblem(
          subject: set.name,
          reason: "No phase of a model was measured in two of the runs, so there is nothing to stand side by side."))
    }
    if !remarks.isEmpty { blocks.append(.notes(RunView.distinct(remarks))) }
    let sideBySide = Document.Section(id: "c\(number)-machines", title: "Side by side\(suffix)", blocks: blocks)
    return (blocks.isEmpty ? [] : [sideBySide]) + change(in: set, number: number, suffix: suffix)
      + [differences(of: set, number: number, suffix: suffix)]
  }

  /// What a change of the program did, where two runs are one machine's, in the order in which they were named.
  private static func change(in set: Comparability.Group, number: Int, suffix: String) -> [Document.Section] {
    let runs = set.runs.map(\.run)
    guard runs.count == 2, machine(of: runs[0]) == machine(of: runs[1]) else { return [] }
    let figures = PhasesByThreads.figures(before: runs[0], after: runs[1], set: number)
    if figures.isEmpty { return [] }
    return [
      Document.Section(
        id: "c\(number)-change", title: "Before and after\(suffix)", blocks: figures.map(Document.Block.figure))
    ]
  }

  private static func machine(of run: RunView) -> [String?] { [run.record.machine.hostHash, run.record.machine.name] }

  /// Phases of models that at least two runs measured: generation first, as in the plan.
  private static func phases(of runs: [ComparedRun]) -> [String] {
    let labels = runs.map { run in
      RunView.distinct(run.run.measured.filter { $0.cell.phase.kind == .model }.map(\.cell.phase.label))
    }
    let decode = Set(runs.flatMap { $0.run.measured.filter(\.cell.phase.isDecode).map(\.cell.phase.label) })
    let all = RunView.distinct(labels.flatMap(\.self))
    let common = all.filter { phase in labels.filter { $0.contains(phase) }.count > 1 }
    return common.filter(decode.contains) + common.filter { !decode.contains($0) }
  }

  private static func differences(
    of set: Comparability.Group, number: Int, suffix: String
  ) -> Document.Section {
    let (table, same) = MachineDifferences.table(of: set.runs, id: "c\(number)-differences-table")
    let sentence = "\(Format.count(same.count, "property", "properties")) are the same in all runs"
    let blocks: [Document.Block] =
      table.rows.isEmpty
      ? [.prose("The records know of nothing that differs; \(sentence).")]
      : [.table(table), .folded("\(sentence).", [.notes([same.joined(separator: ", ")])])]
    return Document.Section(id: "c\(number)-differences", title: "What differs\(suffix)", blocks: blocks)
  }
}
