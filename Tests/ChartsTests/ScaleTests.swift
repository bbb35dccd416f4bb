import Testing

@testable import Charts

@Suite struct ScaleTests {
  @Test("a linear scale maps its ends to 0 and 1 and goes on beyond them")
  func linear() throws {
    let scale = try #require(Scale.linear(10, 20))
    #expect(scale.fraction(10) == 0)
    #expect(scale.fraction(20) == 1)
    #expect(scale.fraction(25) == 1.5)
  }

  @Test("a logarithmic scale maps equal ratios to equal distances")
  func logarithmic() throws {
    let scale = try #require(Scale.logarithmic(1, 10_000))
    let ten = try #require(scale.fraction(10))
    #expect(abs(ten - 0.25) < 1e-12)
    #expect(scale.fraction(0) == nil)
    #expect(scale.fraction(-3) == nil)
  }

  @Test("a band is centred on its index, from the other end where the scale is reversed")
  func bands() {
    #expect(Scale.band(4).fraction(0) == 0.125)
    #expect(Scale.band(4, isReversed: true).fraction(0) == 0.875)
    #expect(Scale.band(0).fraction(0) == 0.5)
  }

  @Test("ends that make no scale are refused")
  func refused() {
    #expect(Scale.linear(1, 1) == nil)
    #expect(Scale.linear(2, 1) == nil)
    #expect(Scale.linear(0, .infinity) == nil)
    #expect(Scale.linear(.nan, 1) == nil)
    #expect(Scale.linear(-.greatestFiniteMagnitude, .greatestFiniteMagnitude) == nil)
    #expect(Scale.logarithmic(0, 1) == nil)
    #expect(Scale.logarithmic(.leastNonzeroMagnitude, .greatestFiniteMagnitude) == nil)
  }

  @Test("a value that is not finite has no place")
  func notFinite() {
    for value in [Double.nan, .infinity, -.infinity] {
      #expect(Scale.band(3).fraction(value) == nil)
      #expect(Scale.logarithmic(1, 10)?.fraction(value) == nil)
    }
  }
}

@Suite struct AxisTests {
  @Test("a linear axis starts at zero and covers every value")
  func linear() throws {
    let axis = try #require(Axis.linear(title: nil, covering: [12, 38, .nan]))
    #expect(axis.scale.lower == 0)
    #expect(axis.scale.upper == 40)
    #expect(axis.ticks.map(\.label) == ["0", "10", "20", "30", "40"])
  }

  @Test("a logarithmic axis leaves length below its smallest value and is at least a decade long")
  func logarithmic() throws {
    let axis = try #require(Axis.logarithmic(title: nil, covering: [5, 7]))
    #expect(axis.scale.lower == 2)
    #expect(axis.scale.upper >= 20)
    let wide = try #require(Axis.logarithmic(title: nil, covering: [1, 1000]))
    #expect(wide.scale.lower < 1)
  }

  @Test("there is no axis without values that it could show")
  func nothing() {
    #expect(Axis.linear(title: nil, covering: []) == nil)
    #expect(Axis.linear(title: nil, covering: [0, .nan]) == nil)
    #expect(Axis.logarithmic(title: nil, covering: [0, -1, .infinity]) == nil)
  }
}
