import Records

/// The part of a large run that its figures are drawn from, so that a page of ten thousand cells stays one that can be
/// opened and sent.
///
/// Nothing is left out of the table of all cells.
struct ThinnedRun {
  /// The run with fewer cells, or the run itself.
  let run: RunView
  /// What the figures leave out, in whole sentences; nil where they leave out nothing.
  let remark: String?

  /// From so many cells on, figures would be most of a page beyond 3 MB: one of throughput by threads has 30 to 50 kB.
  static let mostCells = 1500
  /// What is kept of each dimension of a run beyond that: 5 × 2 × 8 × 6 are 480 cells.
  private static let most = (models: 5, phases: 2, kernels: 8, threads: 6)

  init(_ run: RunView, context: ReportContext) {
    guard run.cells.count > Self.mostCells else {
      self.run = run
      remark = nil
      return
    }
    let models = RunView.models(of: run.cells).map(\.name)
    let phases = RunView.distinct(run.cells.map(\.cell.phase).filter { $0.kind == .model }.map(\.label))
    let decode = Set(run.cells.filter(\.cell.phase.isDecode).map(\.cell.phase.label))
    let threads = Set(run.cells.map(\.cell.threads)).sorted()
    let kept = (
      models: Self.spread(models, Self.most.models),
      // The first of each sort: what is generated, and what is processed.
      phases: [phases.first(where: decode.contains), phases.first { !decode.contains($0) }].compactMap(\.self),
      kernels: Array(run.kernels.ids.prefix(Self.most.kernels)), threads: Self.spread(threads, Self.most.threads)
    )
    var record = run.record
    record.cells = zip(run.record.cells, run.cells).filter { cell, view in
      guard cell.phase.kind != .probe else { return true }
      let isPhase = cell.phase.kind != .model || kept.phases.contains(cell.phase.label)
      let isModel = cell.model.map { kept.models.contains($0.name) } ?? true
      let isKernel = run.kernels.id(of: view).map { kept.kernels.contains($0) } ?? true
      return isPhase && isModel && isKernel && kept.threads.contains(cell.threads)
    }.map(\.0)
    self.run = RunView(record, prefix: run.prefix, context: context)
    let left = [
      Self.sentence("models", models, kept.models), Self.sentence("phases", phases, kept.phases),
      Self.sentence("kernels", run.kernels.ids, kept.kernels),
      Self.sentence("thread counts", threads.map { String($0) }, kept.threads.map { String($0) }),
    ].compactMap(\.self)
    remark =
      "This run has \(run.cells.count) cells, more than figures can show on one page. The figures and the table of "
      + "energies are drawn from \(record.cells.count) of them; left out there are \(left.joined(separator: "; ")). "
      + "Every cell is in the table of all results; choose what is drawn with --select, as in "
      + "--select \"\(models.first ?? "model") \(phases.first ?? "tg128")\"."
  }

  /// First and last, and the others as evenly between them as their number allows.
  static func spread<Value>(_ values: [Value], _ most: Int) -> [Value] {
    guard values.count > most, most > 1 else { return values }
    return (0..<most).map { values[$0 * (values.count - 1) / (most - 1)] }
  }

  private static func sentence(_ what: String, _ all: [String], _ kept: [String]) -> String? {
    let left = all.filter { !kept.contains($0) }
    return left.isEmpty ? nil : "the \(what) \(left.joined(separator: ", "))"
  }
}
