import Charts
import Foundation
import Records

/// Mean power of every measured window at its place in the run, with the idle windows before and after.
///
/// A record holds the energy of each window and no samples inside it: between windows nothing is known, and nothing is
/// drawn.
enum PowerOverRun {
  /// More bars than these would be thinner than a pixel, and heavy for a page.
  private static let mostWindows = 1500

  static func draw(_ run: RunView) -> [Figures.Drawing] {
    let windows = windows(of: run)
    guard !windows.isEmpty else {
      return [.missing("Power over the run", because: "no window of this run holds a power")]
    }
    guard windows.count <= mostWindows else {
      let reason = "the run has \(windows.count) windows, more than the \(mostWindows) that can be told apart"
      return [.missing("Power over the run", because: reason)]
    }
    return figure(of: run, windows).map { [.figure($0)] } ?? []
  }

  /// A stretch of the run with its mean power.
  struct Window {
    let name: String
    /// Seconds since the run began.
    let time: ClosedRange<Double>
    let watts: Double
    let style: SeriesStyle
    let kernel: String
  }

  static func windows(of run: RunView) -> [Window] {
    let domain = EnergyMetric.headlines.first { domain in
      run.measured.contains { view in view.cell.samples.contains { $0.metrics[domain.power] != nil } }
    }
    guard let domain, let begin = instant(run.record.startedAt) else { return [] }
    let measured = run.measured.flatMap { view in
      view.cell.samples.compactMap { sample -> Window? in
        guard let watts = sample.metrics[domain.power], watts > 0, let start = instant(sample.startedAt),
          let wall = sample.metrics["time_wall_ns"], wall > 0, wall < 1e15
        else { return nil }
        let kernel = run.kernels.id(of: view) ?? "probe"
        let second = max(start.timeIntervalSince(begin), 0)
        return Window(
          name: view.cell.id, time: second...second + wall / 1e9, watts: watts,
          style: view.cell.kernel == nil ? SeriesStyle(colour: 6) : run.kernels.style(of: kernel), kernel: kernel)
      }
    }
    guard !measured.isEmpty else { return [] }
    let idle = (run.record.idlePower ?? []).compactMap { idle -> Window? in
      guard let watts = idle.powerW[domain.energy], watts > 0, let start = instant(idle.startedAt), idle.windowNs > 0
      else {
        return nil
      }
      let second = max(start.timeIntervalSince(begin), 0)
      return Window(
        name: "idle \(idle.moment.rawValue) the cells", time: second...second + Double(idle.windowNs) / 1e9,
        watts: watts, style: SeriesStyle(colour: 0, texture: .lines), kernel: "idle")
    }
    return (measured + idle).sorted { ($0.time.lowerBound, $0.name) < ($1.time.lowerBound, $1.name) }
  }

  private static func figure(of run: RunView, _ windows: [Window]) -> Figure? {
    guard let end = windows.map(\.time.upperBound).max(), let scale = Scale.linear(0, end),
      let y = Axis.linear(title: "watts, mean of the window", covering: windows.map(\.watts), ticks: 4)
    else { return nil }
    let ticks = Ticks.covering(0, end, count: 8).filter { $0 <= end }.map { Axis.Tick($0, Ticks.label($0)) }
    let kernels = RunView.distinct(windows.map(\.kernel))
    let watts = windows.map(\.watts)
    let chart = Chart(
      id: "power-over-run", title: "Power over the run",
      description: "Bars of the mean power of \(Format.count(windows.count, "window")), from "
        + "\(Format.significant(watts.min() ?? 0)) to \(Format.significant(watts.max() ?? 0)) watts.",
      size: Size(width: 960, height: 240),
      panels: [
        Panel(
          x: Axis(title: "seconds since the run began", scale: scale, ticks: ticks, isNumeric: true), y: y,
          marks: windows.map { window in
            .bar(
              Mark.Bar(
                x: window.time, y: window.watts, series: window.style,
                hint: "\(window.name): \(Format.significant(window.watts)) W"))
          })
      ],
      legend: kernels.compactMap { kernel in
        windows.first { $0.kernel == kernel }.map { LegendEntry(label: kernel, series: $0.style, swatch: .bar) }
      },
      table: ChartTable(
        columns: [
          .init("Window"), .init("Start, s", isNumeric: true), .init("Length, s", isNumeric: true),
          .init("W", isNumeric: true),
        ],
        rows: windows.map { window in
          [
            window.name, String(format: "%.2f", window.time.lowerBound),
            Format.significant(window.time.upperBound - window.time.lowerBound), Format.significant(window.watts),
          ]
        }))
    return Figure(
      chart: chart,
      caption: "Each bar is one measured window: its width is how long it lasted, its height its mean power. The power "
        + "inside a window and between windows is not recorded."
    )
  }

  /// An instant of a record, with or without a fraction of a second.
  private static func instant(_ text: String) -> Date? {
    (try? Date(text, strategy: .iso8601))
      ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
  }
}
