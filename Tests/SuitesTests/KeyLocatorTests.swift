import Testing

@testable import Suites

@Suite struct KeyLocatorTests {
  @Test func keysAreFoundInTheirTables() {
    let locator = KeyLocator(goodText)
    #expect(locator.line(of: "schema", in: .top) == 1)
    #expect(locator.line(of: "repetitions", in: .table("defaults")) == 9)
    #expect(locator.line(of: "models", in: .element("case", 0)) == 15)
    #expect(locator.line(of: "repetitions", in: .element("case", 1)) == 28)
    #expect(locator.line(of: .element("case", 1)) == 20)
    #expect(locator.line(of: "models", in: .top) == nil)
  }

  @Test func whatLooksLikeAKeyInsideAValueIsNotOne() {
    let text = """
      a = [
        "b = 1", # c = 2
        { d = 3 },
      ]
      e = \"\"\"
      f = 1
      \\\"\"\" g = 2
      \"\"\"
      h = 'i = 4'
      "j" = 5
      """
    let locator = KeyLocator(text)
    #expect(["a", "e", "h", "j"].map { locator.line(of: $0, in: .top) } == [1, 5, 9, 10])
    #expect(["b", "c", "d", "f", "g", "i"].allSatisfy { locator.line(of: $0, in: .top) == nil })
  }

  @Test func aKeyOfAnInlineTableHasTheTablesLine() {
    let locator = KeyLocator("schema = 1\n\ncase = [{ name = \"x\" }]")
    #expect(locator.line(of: "name", in: .element("case", 0)) == 3)
  }
}
