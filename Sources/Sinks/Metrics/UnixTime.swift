/// A time as seconds and nanoseconds since 1970, read from ISO-8601 text without a Double between.
struct UnixTime: Equatable {
  /// Whole seconds since 1970-01-01T00:00:00Z.
  let seconds: Int
  /// 0 to 999 999 999.
  let nanoseconds: Int

  /// Reads "2026-11-20T23:20:09.120Z": UTC, with or without a fraction of up to nine digits.
  ///
  /// Throws `SinkTimeError` that names the place.
  init(_ text: String, of place: String) throws {
    guard let (seconds, nanoseconds) = Self.parse(Array(text.utf8)) else {
      throw SinkTimeError(text: text, place: place)
    }
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }

  /// Seconds with as many decimals as there are: "1763680809.12".
  var decimalSeconds: String {
    guard nanoseconds > 0 else { return String(seconds) }
    let digits = String(String(1_000_000_000 + nanoseconds).dropFirst())
    return "\(seconds)." + digits.prefix(through: digits.lastIndex { $0 != "0" } ?? digits.startIndex)
  }

  /// Nanoseconds since 1970; four-digit years after 2262 do not fit and are nil.
  var totalNanoseconds: Int? {
    let (product, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, overflowsToo) = product.addingReportingOverflow(nanoseconds)
    return overflows || overflowsToo ? nil : sum
  }

  private static func parse(_ text: [UInt8]) -> (Int, Int)? {
    let shape = Array("dddd-dd-ddTdd:dd:dd".utf8)
    guard text.count > shape.count, text.last == UInt8(ascii: "Z") else { return nil }
    for (byte, expected) in zip(text, shape) {
      guard expected == UInt8(ascii: "d") ? isDigit(byte) : byte == expected else { return nil }
    }
    func number(_ range: Range<Int>) -> Int { text[range].reduce(0) { $0 * 10 + Int($1) - 48 } }
    let (year, month, day) = (number(0..<4), number(5..<7), number(8..<10))
    let (hour, minute, second) = (number(11..<13), number(14..<16), number(17..<19))
    guard hour < 24, minute < 60, second < 60, let days = days(year, month, day) else { return nil }
    var fraction = text[shape.count..<(text.count - 1)]
    var nanoseconds = 0
    if !fraction.isEmpty {
      guard fraction.removeFirst() == UInt8(ascii: "."), (1...9).contains(fraction.count),
        fraction.allSatisfy(isDigit)
      else { return nil }
      nanoseconds = fraction.reduce(0) { $0 * 10 + Int($1) - 48 }
      for _ in fraction.count..<9 { nanoseconds *= 10 }
    }
    return (days * 86_400 + hour * 3600 + minute * 60 + second, nanoseconds)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  /// Days from 1970-01-01 in the Gregorian calendar; nil for a day that no month has.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int? {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard (1...12).contains(month), (1...lengths[month - 1]).contains(day), year > 0 else { return nil }
    let before = year - 1
    // 719 162 days lie between 0001-01-01 and 1970-01-01.
    return before * 365 + before / 4 - before / 100 + before / 400 - 719_162
      + lengths[..<(month - 1)].reduce(0, +) + day - 1
  }
}

/// A time that cannot be told to a database.
public struct SinkTimeError: Error, CustomStringConvertible, Sendable, Equatable {
  /// What stands there.
  public let text: String
  /// Whose time it is.
  public let place: String

  /// What is wrong, where.
  public var description: String {
    "\(place): started_at is \"\(text)\", which is no time in ISO-8601 UTC such as 2026-11-20T23:20:09Z"
  }
}
