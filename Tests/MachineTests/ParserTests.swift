import Testing

@testable import Machine

@Suite("Parsers")
struct ParserTests {
  @Test(
    "CPU lists",
    arguments: [
      ("0-3,8,10-11\n", [0, 1, 2, 3, 8, 10, 11]), ("5", [5]), ("", []), (" 1,0 ", [0, 1]), ("3-3", [3]),
      ("0-1,1-2", [0, 1, 2]),
    ])
  func lists(text: String, cpus: [Int]) { #expect(CPUList.parse(text) == cpus) }

  @Test(
    "What is not a CPU list is nil",
    arguments: [
      "x", "3-1", "-1", "1-", "1,,2", ",", "1-2-3", "0-99999999", "8192", "99999999999999999999", "0x3", "1;2",
    ])
  func notLists(text: String) { #expect(CPUList.parse(text) == nil) }

  @Test("A list is written as it is read", arguments: ["0-3,8,10-11", "5", "", "0,2,4"])
  func format(text: String) throws { #expect(CPUList.format(try #require(CPUList.parse(text))) == text) }

  @Test(
    "Sizes",
    arguments: [("512K", 512 << 10), ("16M", 16 << 20), ("1024 kB", 1 << 20), ("7", 7), ("2G", 2 << 30)]
      as [(String, Int?)]
      + [("", nil), ("K", nil), ("-1K", nil), ("1T", nil), ("9007199254740992G", nil), ("1.5M", nil)])
  func sizes(text: String, bytes: Int?) { #expect(Fields.bytes(text) == bytes) }

  @Test(
    "Whole numbers, strictly",
    arguments: [("12\n", 12), ("-3", -3)] as [(String, Int?)]
      + [("", nil), ("1 2", nil), ("0x10", nil), ("9223372036854775807", nil), ("1e3", nil)])
  func integers(text: String, value: Int?) { #expect(Fields.integer(text) == value) }

  @Test("No text is a number that is not finite", arguments: ["nan", "inf", "-inf", "1e999"])
  func finite(text: String) { #expect(Fields.number(text) == nil) }

  @Test("A device-tree string ends in NUL")
  func trimmed() { #expect(Fields.trimmed(" a b\0\n") == "a b") }
}
