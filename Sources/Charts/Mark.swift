/// One thing drawn in a panel, placed by values of its axes.
///
/// A mark with a coordinate that has no place on its axis (not finite, or not positive on a logarithmic axis) is left
/// out of the drawing.
public enum Mark: Sendable, Equatable {
  /// An upright bar with a label over it.
  case bar(Bar)
  /// A bar that lies on its side between two values.
  case span(Span)
  /// Points joined by a line, with an interval around it and a name at its end.
  case line(Line)
  /// One point with its interval.
  case point(Point)
  /// A straight line across the panel.
  case rule(Rule)
  /// A band across the panel between two values of y.
  case region(Region)
  /// Text at a place.
  case label(Label)
  /// Says that there is no value here, and why.
  case absent(Absent)
  /// An arrow from a value to a better one.
  case gain(Gain)

  /// An upright bar from the foot of the y axis to a value.
  public struct Bar: Sendable, Equatable {
    /// Left and right edge, in values of the x axis.
    public var x: ClosedRange<Double>
    /// Its height.
    public var y: Double
    /// The interval of its height.
    public var interval: ClosedRange<Double>?
    /// How it is drawn.
    public var series: SeriesStyle
    /// Printed over it: the value, then what is said about it.
    public var labels: [String]
    /// What a pointer that rests on it shows.
    public var hint: String?

    /// Makes a bar.
    public init(
      x: ClosedRange<Double>, y: Double, interval: ClosedRange<Double>? = nil, series: SeriesStyle,
      labels: [String] = [], hint: String? = nil
    ) {
      self.x = x
      self.y = y
      self.interval = interval
      self.series = series
      self.labels = labels
      self.hint = hint
    }
  }

  /// A bar on its side.
  public struct Span: Sendable, Equatable {
    /// Left and right end.
    public var x: ClosedRange<Double>
    /// Lower and upper edge, in values of the y axis.
    public var y: ClosedRange<Double>
    /// The interval of its right end.
    public var interval: ClosedRange<Double>?
    /// How it is drawn.
    public var series: SeriesStyle
    /// The first that it has room for is printed inside it.
    public var labels: [String]
    /// What a pointer that rests on it shows.
    public var hint: String?

    /// Makes a span.
    public init(
      x: ClosedRange<Double>, y: ClosedRange<Double>, interval: ClosedRange<Double>? = nil, series: SeriesStyle,
      labels: [String] = [], hint: String? = nil
    ) {
      self.x = x
      self.y = y
      self.interval = interval
      self.series = series
      self.labels = labels
      self.hint = hint
    }
  }

  /// A measured point of a line.
  public struct Vertex: Sendable, Equatable {
    /// Where it stands.
    public var x: Double
    /// What was measured.
    public var y: Double
    /// The interval around it.
    public var interval: ClosedRange<Double>?
    /// What a pointer that rests on it shows.
    public var hint: String?

    /// Makes a vertex.
    public init(x: Double, y: Double, interval: ClosedRange<Double>? = nil, hint: String? = nil) {
      self.x = x
      self.y = y
      self.interval = interval
      self.hint = hint
    }
  }

  /// Points joined by a line.
  public struct Line: Sendable, Equatable {
    /// In the order in which they are joined.
    public var vertices: [Vertex]
    /// How it is drawn.
    public var series: SeriesStyle
    /// Printed at its last point; labels of several lines are kept apart.
    public var label: String?
    /// Whether a marker stands on every point.
    public var hasMarkers: Bool
    /// Whether its markers are outlines only: numbers that others have published.
    public var isHollow: Bool

    /// Makes a line.
    public init(
      vertices: [Vertex], series: SeriesStyle, label: String? = nil, hasMarkers: Bool = true, isHollow: Bool = false
    ) {
      self.vertices = vertices
      self.series = series
      self.label = label
      self.hasMarkers = hasMarkers
      self.isHollow = isHollow
    }
  }

  /// One point with its intervals, and a name beside it that keeps clear of others.
  public struct Point: Sendable, Equatable {
    /// Where it stands on the x axis.
    public var x: Double
    /// Where it stands on the y axis.
    public var y: Double
    /// The interval along x.
    public var interval: ClosedRange<Double>?
    /// The interval along y.
    public var yInterval: ClosedRange<Double>?
    /// How it is drawn.
    public var series: SeriesStyle
    /// Whether it is an outline only: a second quantity in the same series.
    public var isHollow: Bool
    /// Whether it is a dot without an outline: one of many.
    public var isSmall: Bool
    /// Printed beside it, on the side that is free.
    public var label: String?
    /// What a pointer that rests on it shows.
    public var hint: String?

    /// Makes a point.
    public init(
      x: Double, y: Double, interval: ClosedRange<Double>? = nil, yInterval: ClosedRange<Double>? = nil,
      series: SeriesStyle, isHollow: Bool = false, isSmall: Bool = false, label: String? = nil, hint: String? = nil
    ) {
      self.x = x
      self.y = y
      self.interval = interval
      self.yInterval = yInterval
      self.series = series
      self.isHollow = isHollow
      self.isSmall = isSmall
      self.label = label
      self.hint = hint
    }
  }

  /// A straight line across the panel at one value.
  public struct Rule: Sendable, Equatable {
    /// The axis that the value belongs to.
    public enum Along: Sendable, Equatable {
      /// Upright, at a value of x.
      case x
      /// Level, at a value of y.
      case y
    }

    /// The axis that the value belongs to.
    public var along: Along
    /// Where it crosses.
    public var value: Double
    /// Printed at its end.
    public var label: String?
    /// Whether it is dashed.
    public var isDashed: Bool

    /// Makes a rule.
    public init(along: Along, value: Double, label: String? = nil, isDashed: Bool = true) {
      self.along = along
      self.value = value
      self.label = label
      self.isDashed = isDashed
    }
  }

  /// A band across the panel, with dashed edges.
  public struct Region: Sendable, Equatable {
    /// Lower and upper edge, in values of the y axis.
    public var y: ClosedRange<Double>
    /// Printed inside or above it, at the right.
    public var label: String?

    /// Makes a region.
    public init(y: ClosedRange<Double>, label: String? = nil) {
      self.y = y
      self.label = label
    }
  }

  /// Text at a place.
  public struct Label: Sendable, Equatable {
    /// Which side of the place the text lies on.
    public enum Side: Sendable, Equatable {
      /// To the right of it.
      case right
      /// To the left of it.
      case left
      /// Above it, running to the right.
      case aboveRight
      /// Above it, running to the left.
      case aboveLeft
    }

    /// Where it stands on the x axis.
    public var x: Double
    /// Where it stands on the y axis.
    public var y: Double
    /// The text.
    public var text: String
    /// Which side of the place the text lies on.
    public var side: Side

    /// Makes a label.
    public init(x: Double, y: Double, text: String, side: Side = .right) {
      self.x = x
      self.y = y
      self.text = text
      self.side = side
    }
  }

  /// Stands where a bar would stand if there were a value.
  public struct Absent: Sendable, Equatable {
    /// Left and right edge, in values of the x axis.
    public var x: ClosedRange<Double>
    /// Short: "N/A".
    public var text: String
    /// Why there is no value.
    public var hint: String?

    /// Makes a marker.
    public init(x: ClosedRange<Double>, text: String = "N/A", hint: String? = nil) {
      self.x = x
      self.text = text
      self.hint = hint
    }
  }

  /// An upright arrow from one value to another, with what is gained beside it.
  public struct Gain: Sendable, Equatable {
    /// Where it stands on the x axis.
    public var x: Double
    /// The value that it leaves.
    public var from: Double
    /// The value that it points at.
    public var to: Double
    /// Printed above it: "−72 %".
    public var label: String

    /// Makes an arrow.
    public init(x: Double, from: Double, to: Double, label: String) {
      self.x = x
      self.from = from
      self.to = to
      self.label = label
    }
  }
}
