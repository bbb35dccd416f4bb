import Foundation
import Testing

@testable import Sinks

@Suite struct UnixTimeTests {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", "0", 0), ("1969-12-31T23:59:59Z", "-1", -1_000_000_000),
    ("2026-11-20T23:20:09.120Z", "1795216809.12", 1_795_216_809_120_000_000),
    ("2000-02-29T12:00:00.000000001Z", "951825600.000000001", 951_825_600_000_000_001),
    ("2024-12-31T23:59:59.999999999Z", "1735689599.999999999", 1_735_689_599_999_999_999),
  ])
  func timesAreReadExactly(text: String, seconds: String, nanoseconds: Int) throws {
    let time = try UnixTime(text, of: "x")
    #expect(time.decimalSeconds == seconds && time.totalNanoseconds == nanoseconds)
  }

  @Test func everyDayAgreesWithFoundation() throws {
    let style = Date.ISO8601FormatStyle()
    // From 1614 on: before 1582 Foundation counts by the Julian calendar.
    for day in stride(from: -130_000, to: 400_000, by: 997) {
      let date = Date(timeIntervalSince1970: Double(day) * 86_400 + 12_345)
      #expect(try UnixTime(date.formatted(style), of: "x").seconds == day * 86_400 + 12_345)
    }
  }

  @Test func aYearThatNanosecondsCannotHoldHasNone() throws {
    #expect(try UnixTime("2263-01-01T00:00:00Z", of: "x").totalNanoseconds == nil)
    #expect(try UnixTime("9999-12-31T23:59:59Z", of: "x").decimalSeconds == "253402300799")
  }

  @Test(arguments: [
    "", "Z", "now", "2026-11-20", "2026-11-20T23:20:09", "2026-11-20T23:20:09+01:00", "2026-13-01T00:00:00Z",
    "2026-02-29T00:00:00Z", "2026-00-10T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z",
    "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.1234567890Z",
    "2026-01-01T00:00:00.-1Z", "0000-01-01T00:00:00Z", "２０２６-01-01T00:00:00Z", "2026-01-01 00:00:00Z",
    "2026-11-20T23:20:09ZZ",
  ])
  func whatIsNoTimeIsRefusedByItsPlace(text: String) {
    #expect(throws: SinkTimeError(text: text, place: "cell 3")) { try UnixTime(text, of: "cell 3") }
  }
}
