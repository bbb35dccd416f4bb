import Testing

@testable import Suites

/// Settings other than suites are read as strictly: every mistake has its line and its key.
@Suite struct SettingsFileTests {
  static let text = """
    name = "a"
    count = 3

    [rates]
    peak = 1.5e-3
    whole = 2
    files = ["x", "y"]
    one = "z"
    """

  private func file(_ text: String = text) throws -> SettingsFile {
    try SettingsFile(text: text, path: "a.toml", named: "configuration")
  }

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch { return "\(error)" }
  }

  @Test func values() throws {
    let top = try file().top(keys: ["name", "count", "rates"])
    #expect(try top.string("name") == "a")
    #expect(try top.int("count", in: 0...9) == 3)
    #expect(try top.int("other", in: 0...9) == nil)
    let rates = try file().table("rates", keys: ["peak", "whole", "files", "one"])
    #expect(try rates.number("peak", in: 0...1) == 1.5e-3)
    #expect(try rates.number("whole", in: 0...9) == 2)
    #expect(try rates.strings("files") == ["x", "y"])
    #expect(try rates.strings("one") == ["z"])
    #expect(rates.has("peak") && !rates.has("valley"))
    #expect(try !file().table("absent", keys: []).has("peak"))
  }

  @Test func mistakesHavePlaces() throws {
    let keys = ["peak", "whole", "files", "one"]
    #expect(
      message { _ = try file().top(keys: ["name", "rates"]) }
        == "a.toml:2: count: there is no such key in the top of the file; there are name, rates")
    #expect(
      message { _ = try file().table("rates", keys: ["peak", "while", "files", "one"]) }
        .hasPrefix("a.toml:6: rates.whole: there is no such key in [rates]; did you mean \"while\"?"))
    let rates = try file().table("rates", keys: keys)
    #expect(message { _ = try rates.int("peak", in: 0...1) }.contains(":5: rates.peak: the number"))
    #expect(message { _ = try rates.int("whole", in: 3...4) }.contains("2 is not between 3 and 4"))
    #expect(message { _ = try rates.number("one", in: 0...1) }.contains("where a number is needed"))
    #expect(message { _ = try rates.string("files") }.contains("where a string is needed"))
    #expect(message { _ = try rates.required("valley", rates.string("valley")) }.contains("[rates] must have it"))
    #expect(
      message { _ = try file("rates = 3").table("rates", keys: keys) }.contains("where a table [rates] is needed"))
    #expect(message { _ = try file("a = [").top(keys: ["a"]) }.contains("a.toml:1"))
  }
}
