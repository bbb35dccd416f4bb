import Charts

/// The share of zeros among the ternary weights of each layer over the steps.
enum ZerosByLayer {
  /// More lines than these cannot be told apart.
  private static let mostLines = 12

  static func figure(_ run: TrainedRuns.Run) -> Figure? {
    let counted = run.run.curves.rows.compactMap { row in row.zeros.map { (step: row.step, zeros: $0) } }
    guard let first = counted.first, let last = counted.last, !first.zeros.isEmpty,
      let x = StepAxis.linear(first.step, last.step),
      let y = StepAxis.around(counted.flatMap { $0.zeros.map { $0 * 100 } }, title: "per cent")
    else { return nil }
    let layers = TrainingStyles.spread(Array(first.zeros.indices), most: mostLines)
    let hasMarkers = counted.count <= 40
    let chart = Chart(
      id: "\(run.prefix)-training-zeros", title: "Zeros by layer",
      description: "Lines over the steps, one for each layer. "
        + first.zeros.indices.map { layer in
          "Layer \(layer): \(Format.percent(first.zeros[layer])) after step \(first.step), "
            + "\(Format.percent(last.zeros[layer])) after step \(last.step)"
        }.joined(separator: "; ") + ".",
      size: Size(width: 720, height: 300),
      panels: [
        Panel(
          x: x, y: y,
          marks: layers.enumerated().map { place, layer in
            .line(
              Mark.Line(
                vertices: counted.map { count in
                  Mark.Vertex(
                    x: Double(count.step), y: count.zeros[layer] * 100,
                    hint: "layer \(layer), step \(count.step): \(Format.significant(count.zeros[layer] * 100)) %")
                }, series: .numbered(place), label: "layer \(layer)", hasMarkers: hasMarkers))
          })
      ],
      table: ChartTable(
        columns: [.init("Step", isNumeric: true)]
          + first.zeros.indices.map { .init("Layer \($0), %", isNumeric: true) },
        rows: TrainingStyles.spread(Array(counted.indices), most: 30).map { index in
          [String(counted[index].step)] + counted[index].zeros.map { Format.significant($0 * 100) }
        }))
    let left = first.zeros.count - layers.count
    return Figure(
      chart: chart,
      caption:
        "\(run.name): the share of weights that are 0 in the forward pass, per cent; the scale does not begin at "
        + "zero. Of weights with a normal distribution 31 % are."
        + (left > 0
          ? " \(Format.count(layers.count, "layer")) of \(first.zeros.count), evenly chosen; the numbers are of all."
          : ""))
  }
}
