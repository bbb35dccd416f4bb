/// Describes one axis: its scale, its title with the unit, and where its ticks stand.
public struct Axis: Sendable, Equatable {
  /// Marks a value on the axis.
  public struct Tick: Sendable, Equatable {
    /// Where it stands.
    public var value: Double
    /// What it says; "\n" starts a second line.
    public var label: String

    /// Makes a tick.
    public init(_ value: Double, _ label: String) {
      self.value = value
      self.label = label
    }
  }

  /// What is measured, with its unit; absent where the ticks say it.
  public var title: String?
  /// Maps values to the axis.
  public var scale: Scale
  /// Labelled values.
  public var ticks: [Tick]
  /// Whether the ticks are numbers, with a thin line across the panel at each; otherwise they are names.
  public var isNumeric: Bool

  /// Makes an axis.
  public init(title: String?, scale: Scale, ticks: [Tick], isNumeric: Bool) {
    self.title = title
    self.scale = scale
    self.ticks = ticks
    self.isNumeric = isNumeric
  }

  /// A linear axis from zero to the first round value that covers every finite value given.
  public static func linear(title: String?, covering values: [Double], ticks count: Int = 5) -> Axis? {
    let finite = values.filter(\.isFinite)
    guard let largest = finite.max(), largest > 0 else { return nil }
    let ticks = Ticks.covering(min(0, finite.min() ?? 0), largest, count: count)
    guard let first = ticks.first, let last = ticks.last, let scale = Scale.linear(first, last) else { return nil }
    return Axis(title: title, scale: scale, ticks: ticks.map { Tick($0, Ticks.label($0)) }, isNumeric: true)
  }

  /// A logarithmic axis between the 1-2-5 values around every positive value given, at least a factor of ten long.
  public static func logarithmic(title: String?, covering values: [Double]) -> Axis? {
    let positive = values.filter { $0.isFinite && $0 > 0 }
    guard let smallest = positive.min(), let largest = positive.max() else { return nil }
    let lower = roundNumber(below: smallest)
    let upper = max(roundNumber(above: largest), lower * 10)
    guard let scale = Scale.logarithmic(lower, upper) else { return nil }
    let ticks = Ticks.logarithmic(lower, upper)
    return Axis(title: title, scale: scale, ticks: ticks.map { Tick($0, Ticks.label($0)) }, isNumeric: true)
  }

  /// An axis of names, one band each.
  public static func bands(title: String? = nil, _ names: [String], isReversed: Bool = false) -> Axis {
    let ticks = names.enumerated().map { Tick(Double($0.offset), $0.element) }
    return Axis(
      title: title, scale: .band(names.count, isReversed: isReversed), ticks: ticks, isNumeric: false)
  }

  /// The last of 1, 2, 5 times a power of ten that is strictly below, so that the smallest bar has length.
  private static func roundNumber(below value: Double) -> Double {
    Ticks.logarithmic(value / 10, value * 0.999).last ?? value / 2
  }

  private static func roundNumber(above value: Double) -> Double {
    Ticks.logarithmic(value, value * 10).first ?? value * 2
  }
}
