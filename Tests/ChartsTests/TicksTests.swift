import Foundation
import Testing

@testable import Charts

@Suite struct TicksTests {
  @Test(
    "ticks are round and cover the values",
    arguments: [
      (0.0, 594.0, 5, [0.0, 100, 200, 300, 400, 500, 600]), (0, 1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]),
      (0, 0.07, 5, [0, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07]), (3, 17, 5, [2, 4, 6, 8, 10, 12, 14, 16, 18]),
      (0, 3, 3, [0, 1, 2, 3]), (-4, 4, 4, [-4, -2, 0, 2, 4]),
    ])
  func covering(lower: Double, upper: Double, count: Int, expected: [Double]) {
    #expect(Ticks.covering(lower, upper, count: count) == expected)
  }

  @Test("a step is 1, 2 or 5 times a power of ten, whatever the range")
  func steps() throws {
    for exponent in -9...9 {
      for factor in [1.0, 1.3, 2.2, 3.7, 6.1, 9.9] {
        let step = try #require(Ticks.step(0, factor * pow(10, Double(exponent)), count: 5))
        let mantissa = step / pow(10, floor(log10(step) + 1e-9))
        #expect([1, 2, 5].contains { abs($0 - mantissa) < 1e-6 }, "step \(step)")
      }
    }
  }

  @Test("a range that is empty, reversed or not finite has no ticks")
  func noTicks() {
    #expect(Ticks.covering(1, 1).isEmpty)
    #expect(Ticks.covering(2, 1).isEmpty)
    #expect(Ticks.covering(0, .infinity).isEmpty)
    #expect(Ticks.covering(.nan, 1).isEmpty)
    #expect(Ticks.logarithmic(0, 10).isEmpty)
    #expect(Ticks.logarithmic(-1, 10).isEmpty)
    #expect(Ticks.logarithmic(1, .infinity).isEmpty)
  }

  @Test("logarithmic ticks are 1-2-5 over few decades and powers of ten over many")
  func logarithmic() {
    #expect(Ticks.logarithmic(1, 100) == [1, 2, 5, 10, 20, 50, 100])
    #expect(Ticks.logarithmic(0.05, 1) == [0.05, 0.1, 0.2, 0.5, 1])
    #expect(Ticks.logarithmic(0.1, 1000) == [0.1, 1, 10, 100, 1000])
  }

  @Test(
    "labels are short and show no binary fractions",
    arguments: [
      (0.0, "0"), (-0.0, "0"), (0.30000000000000004, "0.3"), (1000, "1000"), (12000, "12 k"), (2.5e6, "2.5 M"),
      (0.005, "0.005"), (.nan, ""), (.infinity, ""),
    ])
  func labels(value: Double, expected: String) {
    #expect(Ticks.label(value) == expected)
  }
}
