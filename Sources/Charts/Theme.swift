/// Holds the colours of charts and the style sheet that applies them.
///
/// Marks carry classes, never colours. In a page the classes read CSS custom properties, so that one SVG serves light,
/// dark and print; in a file of its own an SVG carries both sets of colours and follows the viewer's preference.
public enum Theme {
  /// Names a role that a colour plays.
  public enum Role: String, Sendable, CaseIterable {
    /// Behind everything: the page.
    case surface
    /// Text.
    case ink
    /// Text that stands back: tick labels, notes.
    case muted
    /// Axes.
    case axis
    /// Grid lines.
    case grid
    /// The fill of regions.
    case region
    /// Arrows that mark a gain.
    case gain
    /// The neutral grey of baselines.
    case series0
    /// Series colours.
    case series1, series2, series3, series4, series5, series6
  }

  /// Series colours beside the neutral one.
  public static let seriesColours = 6

  /// A light and a dark colour for each role.
  ///
  /// The hues are those of Okabe and Ito's set, which stays distinct under the three common forms of colour blindness;
  /// they are darkened on white and lightened on black until each has a contrast of 3:1 with its surface (WCAG 2.2,
  /// 1.4.11).
  public static let palette: [Role: (light: String, dark: String)] = [
    .surface: ("#ffffff", "#14171b"),
    .ink: ("#1c2127", "#e6e8ea"),
    .muted: ("#5b6470", "#a0a8b2"),
    .axis: ("#8a929c", "#6c7580"),
    .grid: ("#e3e6e9", "#2a3037"),
    .region: ("#f0ebdc", "#2e2a1d"),
    .gain: ("#1a7f37", "#4ac26b"),
    .series0: ("#8b929b", "#8e97a2"),
    .series1: ("#0b6bb0", "#58aee8"),
    .series2: ("#cf5c0a", "#f58a45"),
    .series3: ("#00876c", "#3bc39d"),
    .series4: ("#b0508a", "#dd8dba"),
    .series5: ("#a67c00", "#e0b83f"),
    .series6: ("#3a94c9", "#8fd0f5"),
  ]

  /// The style sheet of a page with charts: the custom properties `--chart-…` and the rules that use them.
  ///
  /// The page's `color-scheme` chooses between the two colours; a browser without `light-dark()` shows the light ones.
  public static var pageStyleSheet: String {
    let light = declarations { $0.light }
    let both = declarations { "light-dark(\($0.light),\($0.dark))" }
    return ":root{\(light)}\n@supports (color:light-dark(#000,#fff)){:root{\(both)}}\n"
      + rules(prefix: ".chart ") { "var(--chart-\($0.rawValue))" }
  }

  private static func declarations(_ colour: ((light: String, dark: String)) -> String) -> String {
    Role.allCases.compactMap { role in palette[role].map { "--chart-\(role.rawValue):\(colour($0));" } }.joined()
  }

  /// The style sheet inside an SVG file that stands alone.
  static var fileStyleSheet: String {
    let light = rules(prefix: "") { palette[$0]?.light ?? "" }
    let dark = rules(prefix: "") { palette[$0]?.dark ?? "" }
    return light + "@media (prefers-color-scheme:dark){" + dark + "}"
  }

  /// Rules for every class that the renderer writes.
  private static func rules(prefix: String, colour: (Role) -> String) -> String {
    var rules = [
      "text{font-family:\(fontFamily);fill:\(colour(.ink));font-variant-numeric:tabular-nums}",
      ".tick{font-size:\(Self.size(.tick))px;fill:\(colour(.muted))}",
      ".axis-title{font-size:\(Self.size(.axisTitle))px;fill:\(colour(.muted))}",
      ".panel-title{font-size:\(Self.size(.panelTitle))px;font-weight:600}",
      ".value{font-size:\(Self.size(.value))px;font-weight:600}",
      ".note{font-size:\(Self.size(.note))px;font-weight:400;fill:\(colour(.muted))}",
      ".series-name{font-size:\(Self.size(.seriesName))px}",
      ".halo{paint-order:stroke;stroke:\(colour(.surface));stroke-width:3px;stroke-linejoin:round}",
      ".grid{stroke:\(colour(.grid));stroke-width:1}",
      ".axis{stroke:\(colour(.axis));stroke-width:1}",
      ".rule{stroke:\(colour(.muted));stroke-width:1;fill:none}",
      ".region{fill:\(colour(.region));opacity:.85}",
      ".error{stroke:\(colour(.ink));stroke-width:1;fill:none}",
      ".texture{fill:none;stroke:\(colour(.surface));stroke-width:1;opacity:.5}",
      ".surface{fill:\(colour(.surface))}",
      ".line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}",
      ".interval{opacity:.16}",
      ".whisker{stroke-width:1.5;fill:none}",
      ".marker{stroke:\(colour(.surface));stroke-width:1}",
      ".hatch{fill:none;stroke-width:1.3}",
      ".hatched{stroke-width:1.3}",
      ".gain{stroke:\(colour(.gain));stroke-width:2.5;fill:none;stroke-linecap:round;stroke-linejoin:round}",
      ".gain-text{font-size:\(Self.size(.value))px;font-weight:700;fill:\(colour(.gain))}",
      ".inset{fill:\(colour(.surface));stroke:\(colour(.grid));stroke-width:1}",
      ".dot{opacity:.75}",
      ".hollow{fill:\(colour(.surface));stroke-width:2}",
    ]
    let series: [Role] = [.series0, .series1, .series2, .series3, .series4, .series5, .series6]
    for (index, role) in series.enumerated() {
      rules.append(".f\(index){fill:\(colour(role))}")
      rules.append(".s\(index){stroke:\(colour(role))}")
    }
    return rules.map { prefix + $0 }.joined(separator: "\n") + "\n"
  }

  private static let fontFamily =
    "-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'Liberation Sans',sans-serif"
}

extension Theme {
  /// Names a kind of text.
  enum TextRole: Sendable {
    case tick, axisTitle, panelTitle, value, note, seriesName
  }

  /// Font size in pixels; the layout measures with the sizes that the style sheet sets.
  static func size(_ role: TextRole) -> Double {
    switch role {
    case .tick: 12
    case .axisTitle: 12
    case .panelTitle: 13
    case .value: 11
    case .note: 11
    case .seriesName: 12.5
    }
  }
}
