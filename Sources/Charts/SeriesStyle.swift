/// Says how one series is drawn, so that it is recognised by more than its colour.
///
/// Diagonal hatching is kept for numbers that others have published: `published` gives it.
public struct SeriesStyle: Sendable, Equatable, Hashable {
  /// What lies over the fill of a bar.
  public enum Texture: String, Sendable, CaseIterable {
    /// Nothing.
    case plain
    /// Small dots.
    case dots
    /// Level lines.
    case lines
    /// A grid of crosses.
    case crosses
    /// Diagonal lines on the surface, inside an outline: published elsewhere, not measured here.
    case hatched

    /// What tells measured series apart.
    static let ofMeasured: [Texture] = [.plain, .dots, .lines, .crosses]
  }

  /// How a line is broken.
  public enum Dash: String, Sendable, CaseIterable {
    /// Not at all.
    case solid
    /// Long strokes.
    case dashed
    /// Dots.
    case dotted
    /// Strokes and dots in turn.
    case dashDotted
  }

  /// What stands on a point.
  public enum Marker: String, Sendable, CaseIterable {
    /// A disc.
    case circle
    /// A square.
    case square
    /// A triangle on its base.
    case triangle
    /// A square on its corner.
    case diamond
  }

  /// 0 is the neutral grey of baselines; 1…6 are the colours of `Theme.palette`.
  public var colour: Int
  /// What lies over the fill of a bar.
  public var texture: Texture
  /// How its line is broken.
  public var dash: Dash
  /// What stands on its points.
  public var marker: Marker

  /// Makes a style.
  public init(colour: Int, texture: Texture = .plain, dash: Dash = .solid, marker: Marker = .circle) {
    self.colour = colour
    self.texture = texture
    self.dash = dash
    self.marker = marker
  }

  /// The baseline that others are compared with: grey, dashed, square.
  public static let baseline = SeriesStyle(colour: 0, dash: .dashed, marker: .square)

  /// The style of series `index`, counted from 0: two styles differ in colour up to six series, and always in
  /// texture, dash or marker from their neighbours.
  public static func numbered(_ index: Int) -> SeriesStyle {
    let number = max(index, 0)
    let round = number / Theme.seriesColours
    return SeriesStyle(
      colour: number % Theme.seriesColours + 1,
      texture: Texture.ofMeasured[(number + round) % Texture.ofMeasured.count],
      dash: Dash.allCases[(number + round) % Dash.allCases.count],
      marker: Marker.allCases[(number + round) % Marker.allCases.count])
  }

  /// The same series as others have published it: hatched, and dotted where it is a line.
  public var published: SeriesStyle {
    SeriesStyle(colour: colour, texture: .hatched, dash: .dotted, marker: marker)
  }
}
