import Records

/// The answer in a sentence or two, from the numbers that the figures show.
enum InShort {
  /// One sentence per decode phase, then what did not run; plain words where nothing finished.
  static func sentences(of run: RunView) -> [String] {
    guard !run.measured.isEmpty else {
      return ["No cell finished, so there is nothing to compare. What happened is listed below."]
    }
    let phases = RunView.distinct(run.measured.filter(\.cell.phase.isDecode).map(\.cell.phase.label))
    return phases.compactMap { sentence(of: run, phase: $0) }
  }

  /// The kernel that is fastest on most models, its speeds, and its speed-ups over the baseline.
  private static func sentence(of run: RunView, phase: String) -> String? {
    let cells = run.measured.filter { $0.cell.phase.label == phase }
    let models = RunView.models(of: cells)
    let winners = models.compactMap { model in
      RunView.fastest(cells.filter { $0.cell.model?.name == model.name }).flatMap { run.kernels.id(of: $0) }
    }
    let wins = Dictionary(winners.map { ($0, 1) }, uniquingKeysWith: +)
    let best = RunView.distinct(winners).max { (wins[$0] ?? 0) < (wins[$1] ?? 0) }
    guard let best else { return nil }
    let bests = models.compactMap { model in
      RunView.fastest(cells.filter { $0.cell.model?.name == model.name && run.kernels.id(of: $0) == best })
    }
    guard let range = text(of: bests.compactMap { $0.speed?.value }) else { return nil }
    let scope = models.count == 1 ? "on \(models[0].name)" : "on \(wins[best] ?? 0) of \(models.count) models"
    return "In token generation (\(phase)) \(best) is the fastest kernel \(scope), with \(range) tokens/s"
      + speedUps(of: bests, over: cells) + "." + caveat(on: bests, among: cells)
  }

  /// Names the kernels that the repetitions do not separate from the fastest one.
  private static func caveat(on bests: [CellView], among cells: [CellView]) -> String {
    let rivals = bests.flatMap { best -> [String] in
      let others = cells.filter { $0.cell.model?.name == best.cell.model?.name }
      let byKernel = Dictionary(grouping: others) { $0.cell.kernel?.id ?? "" }
      return byKernel.filter { $0.key != best.cell.kernel?.id }.compactMap { kernel, views in
        RunView.fastest(views).flatMap { isSeparate(best, from: $0) ? nil : kernel }
      }
    }
    let names = Set(rivals).sorted()
    return names.isEmpty ? "" : " The repetitions do not separate it from \(names.joined(separator: " and "))."
  }

  /// Whether the interval of the paired ratio leaves out 1; with too few pairs, whether the two intervals are apart.
  private static func isSeparate(_ first: CellView, from second: CellView) -> Bool {
    if let interval = first.ratio(to: second)?.interval { return !interval.contains(1) }
    guard let own = first.speed?.interval, let other = second.speed?.interval else { return true }
    return !own.overlaps(other)
  }

  private static func speedUps(of bests: [CellView], over cells: [CellView]) -> String {
    let ratios = bests.compactMap { best -> Double? in
      guard best.cell.kernel?.name != KernelStyles.baseline else { return nil }
      let baseline = cells.filter {
        $0.cell.model?.name == best.cell.model?.name && $0.cell.kernel?.name == KernelStyles.baseline
      }
      return RunView.fastest(baseline).flatMap { best.ratio(to: $0)?.value }
    }
    guard let range = text(of: ratios) else { return "" }
    return ": \(range) times the dense \(KernelStyles.baseline) baseline"
  }

  /// "3.12" or "3.12 to 4.9", smallest first.
  private static func text(of values: [Double]) -> String? {
    guard let smallest = values.min(), let largest = values.max() else { return nil }
    let texts = [smallest, largest].map { Format.significant($0) }
    return texts[0] == texts[1] ? texts[0] : "\(texts[0]) to \(texts[1])"
  }
}
