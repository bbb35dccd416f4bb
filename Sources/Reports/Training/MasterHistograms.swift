import Charts
import Records

/// The distribution of the masters of each layer in units of their mean magnitude, with the thresholds of rounding.
enum MasterHistograms {
  /// Layers in a figure: three rows of four.
  static let mostLayers = 12

  /// The figures of a run's layers, up to a dozen in each.
  static func figures(_ run: TrainedRuns.Run, _ weights: TrainingWeights) -> [Figure] {
    let layers = Dictionary(grouping: weights.matrices, by: \.layer).sorted { $0.key < $1.key }.map { Layer($0, $1) }
    return stride(from: 0, to: layers.count, by: mostLayers).compactMap { start in
      figure(run, Array(layers[start..<min(start + mostLayers, layers.count)]), step: weights.step)
    }
  }

  /// All projections of a layer, each in units of its own mean magnitude.
  private struct Layer {
    let number: Int
    let matrices: [TrainingWeights.Matrix]
    /// The share of the layer's weights in each bin.
    let shares: [Double]

    init(_ number: Int, _ matrices: [TrainingWeights.Matrix]) {
      self.number = number
      self.matrices = matrices
      let total = matrices.reduce(0) { $0 + $1.count }
      shares = (0..<TrainingWeights.bins).map { bin in
        Double(matrices.reduce(0) { $0 + $1.histogram[bin] }) / Double(max(total, 1))
      }
    }

    func share(_ count: KeyPath<TrainingWeights.Matrix, Int>) -> Double {
      let total = matrices.reduce(0) { $0 + $1.count }
      return Double(matrices.reduce(0) { $0 + $1[keyPath: count] }) / Double(max(total, 1))
    }
  }

  private static func figure(_ run: TrainedRuns.Run, _ layers: [Layer], step: Int?) -> Figure? {
    let isTernary = run.run.isTernary == true
    let most = layers.flatMap(\.shares).max() ?? 0
    guard let first = layers.first, let last = layers.last,
      let x = Scale.linear(-TrainingWeights.range, TrainingWeights.range),
      let y = Axis.linear(title: nil, covering: [most * 100], ticks: 3)
    else { return nil }
    let columns = min(layers.count, 4)
    let rows = (layers.count + columns - 1) / columns
    let axis = Axis(
      title: nil, scale: x, ticks: [-4, -2, 0, 2, 4].map { Axis.Tick($0, Ticks.label($0).replacing("-", with: "−")) },
      isNumeric: true)
    let chart = Chart(
      id: "\(run.prefix)-training-masters-\(first.number)",
      title: "Masters by layer" + (layers.count > 1 ? ", \(first.number) to \(last.number)" : ""),
      description: description(layers), size: Size(width: Double(columns) * 240, height: Double(rows) * 180 + 28),
      panels: layers.map { layer in
        Panel(title: "layer \(layer.number)", x: axis, y: y, marks: marks(layer, isTernary: isTernary))
      },
      columns: columns, legend: isTernary ? legend : [], table: table(layers))
    return Figure(
      chart: chart,
      caption:
        "\(run.name)\(step.map { ", after step \($0)" } ?? ""): the share of a layer's masters, per cent, in bins "
        + "of an eighth of their mean magnitude g, each projection in units of its own. "
        + (isTernary
          ? "Dashed: ±g/2, beyond which a weight is rounded to ±1."
          : "The model multiplies with them as they are.")
        + outside(layers), data: bins(layers))
  }

  private static func marks(_ layer: Layer, isTernary: Bool) -> [Mark] {
    let width = 2 * TrainingWeights.range / Double(TrainingWeights.bins)
    let bars = layer.shares.enumerated().map { bin, share -> Mark in
      let left = -TrainingWeights.range + Double(bin) * width
      // Bins end at the thresholds exactly, so that each is of one code.
      let code = left < -0.5 ? 0 : left < 0.5 ? 1 : 2
      return .bar(
        Mark.Bar(
          x: left...left + width, y: share * 100,
          series: SeriesStyle(colour: isTernary ? TrainingStyles.codes[code].colour : 0)))
    }
    let rules = isTernary ? [-0.5, 0.5].map { Mark.rule(Mark.Rule(along: .x, value: $0)) } : []
    return bars + rules
  }

  private static var legend: [LegendEntry] {
    zip(TrainingStyles.codeNames, TrainingStyles.codes).map { name, style in
      LegendEntry(label: "becomes \(name)", series: SeriesStyle(colour: style.colour), swatch: .bar)
    }
  }

  /// What no bin holds.
  private static func outside(_ layers: [Layer]) -> String {
    let most = layers.map { $0.share(\.below) + $0.share(\.above) }.max() ?? 0
    return most > 0
      ? " Beyond ±\(Int(TrainingWeights.range)) g lie up to \(Format.percent(most)) of a layer's, which are not drawn."
      : ""
  }

  private static func description(_ layers: [Layer]) -> String {
    "Histograms. "
      + layers.map { layer in
        "Layer \(layer.number): \(Format.percent(layer.share(\.minusOnes))) lie below minus one half of the "
          + "mean magnitude, \(Format.percent(layer.share(\.zeros))) between, \(Format.percent(layer.share(\.plusOnes))) above"
      }.joined(separator: "; ") + "."
  }

  private static func table(_ layers: [Layer]) -> ChartTable {
    ChartTable(
      columns: [
        .init("Layer", isNumeric: true), .init("Below −g/2, %", isNumeric: true), .init("Between, %", isNumeric: true),
        .init("Above g/2, %", isNumeric: true), .init("Smallest g", isNumeric: true),
        .init("Largest g", isNumeric: true),
      ],
      rows: layers.map { layer in
        let scales = layer.matrices.map(\.meanMagnitude)
        return [String(layer.number)]
          + [layer.share(\.minusOnes), layer.share(\.zeros), layer.share(\.plusOnes)].map {
            Format.significant($0 * 100)
          }
          + [Format.significant(scales.min() ?? 0), Format.significant(scales.max() ?? 0)]
      })
  }

  /// Every bin, for files.
  private static func bins(_ layers: [Layer]) -> ChartTable {
    let width = 2 * TrainingWeights.range / Double(TrainingWeights.bins)
    return ChartTable(
      columns: [
        .init("Layer", isNumeric: true), .init("From, g", isNumeric: true), .init("To, g", isNumeric: true),
        .init("Share, %", isNumeric: true),
      ],
      rows: layers.flatMap { layer in
        layer.shares.enumerated().map { bin, share in
          let left = -TrainingWeights.range + Double(bin) * width
          return [
            String(layer.number), Format.machine(left), Format.machine(left + width), Format.machine(share * 100),
          ]
        }
      })
  }
}
