/// Draws nothing by itself: a value that holds everything a figure shows, together with the numbers behind it.
///
/// A `Chart` is made from data by a pure function, compared in tests as a value, and turned into SVG by `SVGRenderer`.
public struct Chart: Sendable, Equatable {
  /// Unique in a document, of letters, digits and hyphens; ids inside the SVG begin with it.
  public var id: String
  /// One line: what is shown.
  public var title: String
  /// What a reader who cannot see the figure needs to know: what is plotted, and what stands out.
  public var description: String
  /// Width and height in pixels at scale 1; the SVG scales from there.
  public var size: Size
  /// The panels, laid out row by row.
  public var panels: [Panel]
  /// Panels in one row.
  public var columns: Int
  /// Small panels inside the first one, where its marks leave room.
  public var insets: [Inset]
  /// The key; empty where direct labels say everything.
  public var legend: [LegendEntry]
  /// The numbers that the figure shows, for readers and for files.
  public var table: ChartTable
  /// Where the numbers come from, printed below a file of its own; a page says it elsewhere.
  public var provenance: [String]

  /// Makes a chart.
  public init(
    id: String, title: String, description: String, size: Size, panels: [Panel], columns: Int = 1,
    insets: [Inset] = [], legend: [LegendEntry] = [], table: ChartTable, provenance: [String] = []
  ) {
    self.id = id
    self.title = title
    self.description = description
    self.size = size
    self.panels = panels
    self.columns = max(1, columns)
    self.insets = insets
    self.legend = legend
    self.table = table
    self.provenance = provenance
  }
}

/// Holds a width and a height in pixels.
public struct Size: Sendable, Equatable {
  /// Pixels from left to right.
  public var width: Double
  /// Pixels from top to bottom.
  public var height: Double

  /// Makes a size.
  public init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }
}

/// Holds two axes and what is drawn between them.
public struct Panel: Sendable, Equatable {
  /// Printed above the panel; absent where the chart has one panel.
  public var title: String?
  /// From left to right.
  public var x: Axis
  /// From bottom to top, or from top to bottom where its scale is reversed.
  public var y: Axis
  /// Drawn in this order.
  public var marks: [Mark]

  /// Makes a panel.
  public init(title: String? = nil, x: Axis, y: Axis, marks: [Mark]) {
    self.title = title
    self.x = x
    self.y = y
    self.marks = marks
  }

  /// A place in the grid that stays empty.
  public static let blank = Panel(x: .bands([]), y: .bands([]), marks: [])
}

/// A small panel inside the plot of another.
public struct Inset: Sendable, Equatable {
  /// What is drawn.
  public var panel: Panel
  /// Left and right edge, as fractions of the plot.
  public var x: ClosedRange<Double>
  /// Upper and lower edge, as fractions of the plot from its top.
  public var y: ClosedRange<Double>

  /// Makes an inset.
  public init(panel: Panel, x: ClosedRange<Double>, y: ClosedRange<Double>) {
    self.panel = panel
    self.x = x
    self.y = y
  }
}

/// Names one series in the key.
public struct LegendEntry: Sendable, Equatable {
  /// What the swatch looks like.
  public enum Swatch: Sendable, Equatable {
    /// A filled square.
    case bar
    /// A line with its marker.
    case line
    /// A line without markers.
    case stroke
    /// The marker alone.
    case point
    /// The outline of the marker.
    case hollowPoint
    /// A dashed box, as for the reading band.
    case region
  }

  /// The series' name.
  public var label: String
  /// How the series is drawn.
  public var series: SeriesStyle
  /// What the swatch looks like.
  public var swatch: Swatch

  /// Makes an entry.
  public init(label: String, series: SeriesStyle, swatch: Swatch) {
    self.label = label
    self.series = series
    self.swatch = swatch
  }
}

/// Holds the numbers of a chart as text, in the order in which a reader meets them.
public struct ChartTable: Sendable, Equatable {
  /// Describes one column.
  public struct Column: Sendable, Equatable {
    /// The heading, with the unit.
    public var title: String
    /// Whether its cells are numbers, aligned to the right.
    public var isNumeric: Bool

    /// Makes a column.
    public init(_ title: String, isNumeric: Bool = false) {
      self.title = title
      self.isNumeric = isNumeric
    }
  }

  /// Headings.
  public var columns: [Column]
  /// One array per row, as long as `columns`; an unknown value is an empty string.
  public var rows: [[String]]

  /// Makes a table.
  public init(columns: [Column], rows: [[String]]) {
    self.columns = columns
    self.rows = rows
  }
}
