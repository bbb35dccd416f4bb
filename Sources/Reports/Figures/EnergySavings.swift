import Charts
import Foundation
import Records
import Sinks

/// The two small charts inside the figure of speeds: joules per token of the baseline and of a ternary kernel, with an
/// arrow that says what is saved (arXiv 2410.16144, figure 1).
struct EnergySavings {
  /// One model with both energies.
  struct Pair {
    let model: String
    let baseline: Double
    let ternary: Double
    let names: [String]
    let styles: [SeriesStyle]
    /// Absent where it was measured here.
    let origin: String?

    /// Per cent less than the baseline; negative where more.
    var saving: Double { (1 - ternary / baseline) * 100 }

    /// "−71.9 %".
    var change: String { "\(saving >= 0 ? "−" : "+")\(Format.significant(abs(saving))) %" }
  }

  /// At most two: the models of the paper, or the smallest and the largest.
  let pairs: [Pair]

  /// Takes measured energies, and where there are none those that the paper gives for the architecture.
  init(_ run: RunView, models: [ModelIdentity], cells: [CellView]) {
    let byModel = RunView.byModel(cells.filter { $0.speed != nil })
    let measured = models.compactMap { Self.measured(run, model: $0, own: byModel[$0.name] ?? []) }
    pairs = Self.chosen(measured.isEmpty ? Self.published(run, models: models) : measured)
  }

  var sources: [String] { RunView.distinct(pairs.compactMap(\.origin)) }

  /// What stands in the caption about them: their numbers too, which are in no other place of the figure.
  var caption: String {
    let kind = sources.isEmpty ? "measured, gross" : "published, because no energy was measured here"
    return "Small charts: joules per token, \(kind); the arrow is what the ternary kernel saves: \(numbers)."
  }

  /// "paper-700m 1.37 J with FP16, 0.384 J with ternary (−71.9 %)".
  var numbers: String {
    pairs.map { pair in
      "\(pair.model) \(Format.joules(pair.baseline)) with \(pair.names[0]), \(Format.joules(pair.ternary)) with "
        + "\(pair.names[1]) (\(pair.change))"
    }.joined(separator: "; ")
  }

  // MARK: Which

  private static func measured(_ run: RunView, model: ModelIdentity, own: [CellView]) -> Pair? {
    func fastest(_ isWanted: (String) -> Bool) -> CellView? {
      RunView.fastest(own.filter { $0.cell.kernel.map { isWanted($0.name) } ?? false })
    }
    guard let dense = fastest({ $0 == KernelStyles.baseline }), let best = fastest({ $0 != KernelStyles.baseline }),
      let first = EnergyPerToken(dense.cell), let second = EnergyPerToken(best.cell), first.domain == second.domain,
      first.joules > 0, second.joules > 0
    else { return nil }
    let ids = [dense, best].compactMap { run.kernels.id(of: $0) }
    return Pair(
      model: model.name, baseline: first.joules, ternary: second.joules, names: ids.map(KernelStyles.family),
      styles: ids.map(run.kernels.style), origin: nil)
  }

  private static func published(_ run: RunView, models: [ModelIdentity]) -> [Pair] {
    let table = run.published.values(
      of: .energyPerToken, source: "arXiv:2410.16144", place: "Table 6",
      architecture: run.record.machine.architecture)
    return models.compactMap { model in
      let own = table.filter { $0.zooModel == model.name }
      guard let dense = own.first(where: { $0.kernel.hasPrefix("FP16") }), let baseline = dense.value,
        let best = own.first(where: { !$0.kernel.hasPrefix("FP16") }), let ternary = best.value
      else { return nil }
      return Pair(
        model: model.name, baseline: baseline, ternary: ternary, names: ["FP16", "ternary"],
        styles: [SeriesStyle.baseline.published, KernelStyles.style(ofFamily: "simd").published],
        origin: dense.origin)
    }
  }

  /// The paper shows 700M and 70B; other sweeps have other ends.
  private static func chosen(_ pairs: [Pair]) -> [Pair] {
    let paper = pairs.filter { ["paper-700m", "paper-70b"].contains($0.model) }
    if paper.count == 2 || pairs.count < 2 { return paper.isEmpty ? pairs : paper }
    return [pairs[0], pairs[pairs.count - 1]]
  }

  // MARK: Where

  /// Insets at the right, above the bars of large models, with the axis made longer until they are free; none where
  /// even that does not help.
  func framed(y: Axis, marks: [Mark], models: Int) -> (y: Axis, insets: [Inset]) {
    guard !pairs.isEmpty, models > 2 else { return (y, []) }
    // An inset takes at least a model's band for each of its bars, and never more than half of the plot together.
    let width = min(0.24, max(0.165, 1.6 / Double(models)))
    let left = 0.99 - width * Double(pairs.count)
    let bars = marks.compactMap { mark -> Mark.Bar? in
      guard case .bar(let bar) = mark else { return nil }
      return (bar.x.upperBound + 0.5) / Double(models) > left ? bar : nil
    }
    for factor in y.scale.kind == .linear ? [1, 1.5, 2, 3] : [1, 10, 100] {
      guard let axis = Self.lengthened(y, by: factor) else { continue }
      let tops = bars.compactMap { axis.scale.fraction($0.y) }
      // Labels over bars stand upright where bars are many; 0.2 of the plot holds both of them.
      if (tops.max() ?? 0) + 0.2 <= 1 - Self.lower {
        let insets = pairs.enumerated().compactMap { place, pair in
          inset(pair, left: left + Double(place) * width, width)
        }
        return (axis, insets)
      }
    }
    return (y, [])
  }

  /// The lower edge of an inset, as a fraction of the plot from its top.
  private static let lower = 0.46

  private static func lengthened(_ axis: Axis, by factor: Double) -> Axis? {
    if factor == 1 { return axis }
    let upper = axis.scale.upper * factor
    return axis.scale.kind == .linear
      ? .linear(title: axis.title, covering: [upper])
      : .logarithmic(title: axis.title, covering: [axis.scale.lower * 1.01, upper])
  }

  private func inset(_ pair: Pair, left: Double, _ width: Double) -> Inset? {
    let larger = max(pair.baseline, pair.ternary)
    guard let scale = Scale.linear(0, larger * 1.05) else { return nil }
    let bars = zip([pair.baseline, pair.ternary], pair.styles).enumerated().map { place, bar in
      Mark.bar(
        Mark.Bar(
          x: Double(place) - 0.36...Double(place) + 0.36, y: bar.0, series: bar.1,
          labels: [Format.significant(bar.0)],
          hint: "\(pair.model), \(pair.names[place]): \(Format.joules(bar.0)) per token, \(pair.origin ?? "measured")"))
    }
    let text = pair.change
    // The number over the ternary bar takes about 0.3 of an inset's height; a shorter arrow would cross it.
    let arrow =
      pair.saving > 40
      ? Mark.gain(Mark.Gain(x: 1, from: pair.baseline, to: pair.ternary + larger * 0.3, label: text))
      : Mark.gain(Mark.Gain(x: 1, from: larger * 1.4, to: pair.ternary + larger * 0.3, label: text))
    let model = pair.model.replacingOccurrences(of: "paper-", with: "")
    let origin = pair.origin == nil ? "" : ", published"
    return Inset(
      panel: Panel(
        x: .bands(pair.names), y: Axis(title: "\(model), J/token\(origin)", scale: scale, ticks: [], isNumeric: true),
        marks: bars + [arrow]),
      x: left + 0.005...left + width - 0.005, y: 0.02...Self.lower)
  }
}
