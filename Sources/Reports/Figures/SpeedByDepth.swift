import Charts
import Records

/// Tokens per second against the tokens that stand before: what a growing cache costs each model.
enum SpeedByDepth {
  static func group(of run: RunView) -> Figures.Group {
    let works = DepthRow.works(of: run)
    let figures = [figure(works)].compactMap(\.self) + TimeByDepth.figures(works)
    return Figures.Group(
      id: "depth", title: "Speed against depth",
      introduction: """
        Every token that stands before is read again for the next one, as far as a model keeps it: attention to all of \
        them grows with the depth, windows and recurrent states do not. The tokens before a window are drawn from a \
        seed and not computed, as no time depends on their values.
        """,
      figures: figures)
  }

  /// A panel for each work; nil where nothing was run at two depths.
  static func figure(_ works: [[DepthRow]]) -> Figure? {
    let panels = works.compactMap(panel)
    guard !panels.isEmpty else { return nil }
    let rows = works.flatMap(\.self)
    let chart = Chart(
      id: "speed-by-depth", title: "Throughput by depth", description: description(works),
      size: Size(width: panels.count == 1 ? 560 : 940, height: 300 * Double((panels.count + 1) / 2)), panels: panels,
      columns: min(panels.count, 2), table: table(rows))
    return Figure(
      chart: chart,
      caption: "Each model and kernel at its fastest number of threads; means, with the 95 % interval of the mean. "
        + "Depths are evenly spaced. \(cacheFormat(rows))A window's tokens come behind those of the depth.")
  }

  private static func panel(_ rows: [DepthRow]) -> Panel? {
    let depths = rows.depths
    let highest = rows.map { $0.speed.interval?.upperBound ?? $0.speed.value }
    guard let work = rows.first?.work,
      let y = Axis.linear(title: "tokens per second", covering: highest, ticks: 4)
    else { return nil }
    let lines = rows.series.enumerated().map { index, series in
      Mark.line(
        Mark.Line(
          vertices: series.compactMap { vertex($0, in: depths) }, series: .numbered(index),
          label: series[0].name(besideKernels: rows.kernels)))
    }
    return Panel(title: work, x: .bands(title: "depth, tokens", depths.map(String.init)), y: y, marks: lines)
  }

  private static func vertex(_ row: DepthRow, in depths: [Int]) -> Mark.Vertex? {
    guard let place = depths.firstIndex(of: row.depth) else { return nil }
    let read = row.bytesRead.map { "; one token reads \(ByteCount($0)) of the cache" } ?? ""
    let added = row.bytesAdded.map { "; one more token keeps \(ByteCount($0))" } ?? ""
    return Mark.Vertex(
      x: Double(place), y: row.speed.value, interval: row.speed.interval,
      hint: "\(row.model), \(row.kernel), \(row.work), \(row.place): \(row.speed.text) tokens/s\(read)\(added)")
  }

  // MARK: Words and numbers

  /// Says how keys and values are kept, where all cells say the same.
  private static func cacheFormat(_ rows: [DepthRow]) -> String {
    let bits = Set(rows.compactMap { $0.view.cell.facts["cache_bits_per_value"] })
    guard bits.count == 1, let bits = bits.first else { return "" }
    return "Keys and values are kept in \(Int(bits)) bits a number. "
  }

  private static func description(_ works: [[DepthRow]]) -> String {
    let sentences = works.flatMap { rows in
      rows.series.compactMap { series -> String? in
        guard let first = series.first, let last = series.last, first.depth < last.depth else { return nil }
        return "\(first.name(besideKernels: rows.kernels)), \(first.work): \(Format.significant(first.speed.value)) "
          + "tokens per second at \(first.place) and \(Format.significant(last.speed.value)) at \(last.place)"
      }
    }
    return "Lines of throughput over depth. " + sentences.joined(separator: "; ") + "."
  }

  private static func table(_ rows: [DepthRow]) -> ChartTable {
    ChartTable(
      columns: [
        .init("Model"), .init("Kernel"), .init("Threads", isNumeric: true), .init("Phase"),
        .init("Depth", isNumeric: true), .init("t/s", isNumeric: true), .init("95 %", isNumeric: true),
        .init("Of the shallowest", isNumeric: true), .init("95 %", isNumeric: true),
        .init("Cache read per token, MiB", isNumeric: true), .init("Kept per token, KiB", isNumeric: true),
      ],
      rows: rows.series.flatMap { series in
        series.map { row in
          let first = series.first { $0.work == row.work } ?? row
          let ratio = row.depth > first.depth ? row.view.ratio(to: first.view) : nil
          return [
            row.model, row.kernel, String(row.view.cell.threads), row.work, String(row.depth),
            Format.significant(row.speed.value), row.speed.intervalText ?? "",
            ratio.map { Format.ratio($0.value) } ?? "", ratio.flatMap(\.intervalText) ?? "",
            row.bytesRead.map { Format.significant($0 / 0x1p20) } ?? "",
            row.bytesAdded.map { Format.significant($0 / 0x1p10) } ?? "",
          ]
        }
      })
  }
}
