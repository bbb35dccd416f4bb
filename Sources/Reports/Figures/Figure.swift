import Charts
import Records

/// A chart with the words that stand under it.
public struct Figure: Sendable {
  /// What is drawn.
  public let chart: Chart
  /// How to read it: which numbers, what the intervals mean, what is left out.
  public let caption: String
}

/// Every figure of a report, drawn from one record.
public enum Figures {
  /// The figures that the record has numbers for, in the order of the report.
  ///
  /// Each is a pure function of the record. Their charts can be rendered into files with `SVGRenderer(for: .file)`;
  /// a chart's `id` is stable between runs of one suite.
  public static func all(of record: RunRecord) -> [Figure] {
    groups(of: RunView(record, prefix: "")).flatMap(\.figures)
  }

  /// Figures with the heading under which they stand.
  struct Group {
    /// Ends the id of the section.
    let id: String
    let title: String
    /// A sentence or two above the figures.
    let introduction: String
    let figures: [Figure]
  }

  static func groups(of run: RunView) -> [Group] {
    [
      SpeedByModelSize.group(of: run), ThroughputByThreads.group(of: run), PrefillAndDecode.group(of: run),
      KernelCeilings.group(of: run),
    ].filter { !$0.figures.isEmpty }
  }
}
