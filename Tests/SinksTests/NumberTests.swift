import Testing

@testable import Sinks

@Suite struct NumberTests {
  @Test(arguments: [
    (0, "0"), (0.0012345, "0.00123"), (0.412, "0.412"), (1, "1.00"), (9.996, "10.0"), (41.23, "41.2"), (99.96, "100"),
    (843.2, "843"), (1843.4, "1843"), (-41.23, "-41.2"), (.infinity, "–"), (.nan, "–"), (1e-20, "0.000000000000"),
  ])
  func threeDigitsAreShown(value: Double, text: String) {
    #expect(Number.threeDigits(value) == text)
  }

  @Test(arguments: [
    (41.2, 0.184, "41.20 ± 0.18"), (41.2, 4.4, "41.2 ± 4.4"), (1843.27, 12.1, "1843 ± 12"), (41.2, 0, "41.2 ± 0"),
    (0.41234, 0.00061, "0.4123 ± 0.0006"), (25231.96, 17262.95, "25232 ± 17263"),
  ])
  func theIntervalDecidesTheDigits(value: Double, halfWidth: Double, text: String) {
    #expect(Number.withInterval(value, halfWidth: halfWidth) == text)
  }

  @Test func aValueWithoutAnIntervalStandsAlone() {
    #expect(Number.withInterval(41.23, halfWidth: nil) == "41.2")
  }

  @Test(arguments: [
    (0.1, "0.1"), (520_181_233, "520181233"), (1e300, "1e+300"), (-0.5, "-0.5"), (0x1p53, "9007199254740992"),
  ])
  func filesHoldNumbersExactly(value: Double, text: String) {
    #expect(Number.exact(value) == text && Double(text) == value)
  }

  @Test func sizesHaveTheUnitsOfTheField() {
    #expect(Number.parameters(2_412_820_480) == "2.41 B" && Number.parameters(728_700_000) == "729 M")
    #expect(Number.bits(1.6) == "1.60")
  }
}
