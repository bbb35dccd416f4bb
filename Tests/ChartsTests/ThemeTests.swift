import Foundation
import Testing

@testable import Charts

@Suite struct ThemeTests {
  @Test("every role has two colours that stand out from the page as WCAG asks", arguments: [false, true])
  func contrast(isDark: Bool) throws {
    func luminance(_ role: Theme.Role) throws -> Double {
      let pair = try #require(Theme.palette[role])
      return try Self.luminance(isDark ? pair.dark : pair.light)
    }
    let surface = try luminance(.surface)
    let series: [Theme.Role] = [.series0, .series1, .series2, .series3, .series4, .series5, .series6]
    for role in Theme.Role.allCases {
      let other = try luminance(role)
      let ratio = (max(surface, other) + 0.05) / (min(surface, other) + 0.05)
      if series.contains(role) { #expect(ratio >= 3, "\(role) \(ratio)") }
      if role == .ink || role == .muted { #expect(ratio >= 4.5, "\(role) \(ratio)") }
    }
    #expect(series.count == Theme.seriesColours + 1)
  }

  @Test("neighbouring series differ in colour, texture, dash and marker; no two of twelve are drawn alike")
  func distinct() {
    let styles = (0..<12).map(SeriesStyle.numbered)
    #expect(Set(styles).count == 12)
    for (first, second) in zip(styles, styles.dropFirst()) {
      #expect(first.colour != second.colour)
      #expect(first.texture != second.texture)
      #expect(first.dash != second.dash)
      #expect(first.marker != second.marker)
    }
    #expect(SeriesStyle.numbered(-1) == .numbered(0))
  }

  @Test("the page's sheet fetches nothing and leaves other elements alone")
  func pageSheet() {
    let sheet = Theme.pageStyleSheet
    #expect(!sheet.contains("url(") && !sheet.contains("@import"))
    for line in sheet.split(separator: "\n") {
      #expect(line.hasPrefix(".chart ") || line.contains(":root{"), "\(line)")
    }
  }

  /// Relative luminance of a colour such as "#0b6bb0" (WCAG 2.2).
  private static func luminance(_ hex: String) throws -> Double {
    let value = try #require(Int(hex.dropFirst(), radix: 16))
    let channels = [16, 8, 0].map { shift in
      let share = Double((value >> shift) & 0xFF) / 255
      return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
  }
}
