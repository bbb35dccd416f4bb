import Charts
import Records

/// How many weights of each projection are −1, 0 and +1, layer by layer.
enum TernaryCodes {
  /// The figures of a run's layers, up to a dozen in each.
  static func figures(_ run: TrainedRuns.Run, _ weights: TrainingWeights) -> [Figure] {
    let layers = Dictionary(grouping: weights.matrices, by: \.layer).sorted { $0.key < $1.key }.map(\.value)
    return stride(from: 0, to: layers.count, by: MasterHistograms.mostLayers).compactMap { start in
      figure(run, Array(layers[start..<min(start + MasterHistograms.mostLayers, layers.count)]), step: weights.step)
    }
  }

  private static func figure(_ run: TrainedRuns.Run, _ layers: [[TrainingWeights.Matrix]], step: Int?) -> Figure? {
    guard let scale = Scale.linear(0, 100), let first = layers.first?.first, let last = layers.last?.first else {
      return nil
    }
    let x = Axis(
      title: nil, scale: scale, ticks: [0, 25, 50, 75, 100].map { Axis.Tick($0, Ticks.label($0)) }, isNumeric: true)
    let columns = min(layers.count, 4)
    let rows = (layers.count + columns - 1) / columns
    let tallest = layers.map(\.count).max() ?? 0
    let chart = Chart(
      id: "\(run.prefix)-training-codes-\(first.layer)",
      title: "Ternary codes by layer and projection" + (layers.count > 1 ? ", \(first.layer) to \(last.layer)" : ""),
      description: description(layers),
      size: Size(width: Double(columns) * 240, height: Double(rows) * (Double(tallest) * 20 + 76) + 28),
      panels: layers.map { matrices in
        Panel(
          title: "layer \(matrices[0].layer)", x: x, y: .bands(matrices.map(\.projection), isReversed: true),
          marks: matrices.enumerated().flatMap { marks($0.element, row: $0.offset) })
      }, columns: columns,
      legend: zip(TrainingStyles.codeNames, TrainingStyles.codes).map {
        LegendEntry(label: $0, series: $1, swatch: .bar)
      },
      table: table(layers))
    return Figure(
      chart: chart,
      caption:
        "\(run.name)\(step.map { ", after step \($0)" } ?? ""): what the forward pass multiplies with, per cent of "
        + "each projection's weights.")
  }

  private static func shares(_ matrix: TrainingWeights.Matrix) -> [Double] {
    [matrix.minusOnes, matrix.zeros, matrix.plusOnes].map { Double($0) / Double(max(matrix.count, 1)) }
  }

  private static func marks(_ matrix: TrainingWeights.Matrix, row: Int) -> [Mark] {
    var start = 0.0
    return shares(matrix).enumerated().compactMap { code, share in
      guard share > 0 else { return nil }
      let end = start + share * 100
      defer { start = end }
      return .span(
        Mark.Span(
          x: start...end, y: Double(row) - 0.4...Double(row) + 0.4, series: TrainingStyles.codes[code],
          labels: [Format.significant(share * 100)],
          hint: "layer \(matrix.layer), \(matrix.projection): \(Format.significant(share * 100)) % are "
            + TrainingStyles.codeNames[code]))
    }
  }

  private static func description(_ layers: [[TrainingWeights.Matrix]]) -> String {
    "Stacked bars. "
      + layers.map { matrices in
        "Layer \(matrices[0].layer): zeros "
          + matrices.map { "\($0.projection) \(Format.percent(shares($0)[1]))" }.joined(separator: ", ")
      }.joined(separator: "; ") + "."
  }

  private static func table(_ layers: [[TrainingWeights.Matrix]]) -> ChartTable {
    ChartTable(
      columns: [
        .init("Layer", isNumeric: true), .init("Projection"), .init("−1, %", isNumeric: true),
        .init("0, %", isNumeric: true), .init("+1, %", isNumeric: true), .init("g", isNumeric: true),
        .init("Weights", isNumeric: true),
      ],
      rows: layers.flatMap { $0 }.map { matrix in
        [String(matrix.layer), matrix.projection] + shares(matrix).map { Format.significant($0 * 100) } + [
          Format.significant(matrix.meanMagnitude), Format.grouped(Double(matrix.count)),
        ]
      })
  }
}
