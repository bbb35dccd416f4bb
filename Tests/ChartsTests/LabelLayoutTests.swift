import Testing

@testable import Charts

@Suite struct LabelLayoutTests {
  @Test("labels that are far apart stay where they are")
  func untouched() {
    #expect(LabelLayout.spread([10, 50, 90], gap: 15, within: 0...100) == [10, 50, 90])
  }

  @Test("labels at one place are moved apart, in their order and inside the bounds", arguments: 0..<40)
  func apart(seed: Int) {
    var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
    func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1
      return Double(state >> 40) / Double(1 << 24) * 200
    }
    let positions = (0..<seed % 12).map { _ in next() }
    let moved = LabelLayout.spread(positions, gap: 15, within: 0...200)
    let sorted = moved.sorted()
    for (lower, upper) in zip(sorted, sorted.dropFirst()) { #expect(upper - lower > 14.999) }
    #expect(moved.allSatisfy { $0 >= 0 && $0 <= 200.001 })
    for (index, other) in zip(positions.indices, positions.indices.dropFirst())
    where positions[index] < positions[other] {
      #expect(moved[index] < moved[other])
    }
  }

  @Test("more labels than fit run over the upper bound and still do not meet")
  func tooMany() {
    let moved = LabelLayout.spread(Array(repeating: 5, count: 5), gap: 10, within: 0...20)
    #expect(moved == [0, 10, 20, 30, 40])
  }

  @Test("the text of a level rule goes where no line goes by: below it, else further left, else it stays")
  func besideLines() {
    let plot = PanelLayout.Frame(left: 0, top: 0, width: 200, height: 100)
    func place(_ lines: [[(x: Double, y: Double)]], level: Double = 50) -> [Double] {
      let place = LabelLayout.place(width: 40, height: 10, along: level, avoiding: lines, within: plot)
      return [place.x, place.y]
    }
    #expect(place([]) == [200, 46])
    #expect(place([[(0, 90), (200, 90)]]) == [200, 46])
    #expect(place([[(0, 0), (200, 44)]]) == [200, 61])
    // At the foot of the plot there is no room below; the line is 20 above it at x = 0, and meets it at 200.
    #expect(place([[(0, 0), (200, 100)]], level: 100) == [152, 96])
    #expect(place([[(0, 94), (200, 94)]], level: 100) == [200, 96])
    // Upright pieces count, and so does a single point.
    #expect(place([[(180, 0), (180, 100)]]) == [164, 46])
    #expect(place([[(180, 44)]]) == [200, 61])
  }

  @Test("names break after hyphens and at spaces")
  func breaks() {
    #expect(LabelLayout.lines("llama3-8b-1.58", width: 50, size: 12) == ["llama3-", "8b-1.58"])
    #expect(LabelLayout.lines("one two", width: 30, size: 12) == ["one", "two"])
    #expect(LabelLayout.lines("a\n\nb", width: 99, size: 12) == ["a", "", "b"])
    #expect(LabelLayout.lines("unbreakable", width: 5, size: 12) == ["unbreakable"])
    #expect(LabelLayout.lines("", width: 5, size: 12) == [""])
  }

  @Test("wide scripts are measured wider than digits, and digits all the same")
  func widths() {
    #expect(TextMetrics.width("漢字", size: 10) > TextMetrics.width("12", size: 10))
    #expect(Set("0123456789".map { TextMetrics.width(String($0), size: 10) }).count == 1)
    #expect(TextMetrics.width("", size: 10) == 0)
  }

  @Test("names of points keep clear of each other and of the plot's edge where there is room")
  func places() {
    let plot = PanelLayout.Frame(left: 0, top: 0, width: 300, height: 200)
    let points = [(x: 20.0, y: 100.0), (x: 30.0, y: 100.0), (x: 290.0, y: 100.0), (x: 150.0, y: 4.0)]
    let places = LabelLayout.place(
      widths: [40, 40, 40, 40], beside: points, avoiding: points, within: plot, height: 12)
    let frames = places.map { place in
      let left =
        switch place.alignment {
        case .start: place.anchor.x
        case .middle: place.anchor.x - 20
        case .end: place.anchor.x - 40
        }
      return PanelLayout.Frame(left: left, top: place.anchor.y - 12, width: 40, height: 12)
    }
    for (index, frame) in frames.enumerated() {
      #expect(frame.left >= 0 && frame.right <= 300 && frame.top >= 0 && frame.bottom <= 200, "\(index)")
      for other in frames[(index + 1)...] {
        let isBeside = frame.right <= other.left || other.right <= frame.left
        let isAbove = frame.bottom <= other.top || other.bottom <= frame.top
        #expect(isBeside || isAbove, "\(frame) \(other)")
      }
    }
  }
}
