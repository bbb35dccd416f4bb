import Testing

@testable import Reports

@Suite struct FormatTests {
  @Test(
    "three significant digits, and never fewer than the whole part",
    arguments: [
      (0.0, "0"), (0.8124, "0.812"), (41.23, "41.2"), (9.996, "10.0"), (99.96, "100"), (593.6, "594"), (1843.2, "1843"),
      (0.000_123_4, "0.000123"), (-41.23, "-41.2"), (.nan, ""), (.infinity, ""),
    ])
  func significant(value: Double, expected: String) {
    #expect(Format.significant(value) == expected)
  }

  @Test("ratios are printed as the papers print them")
  func ratios() {
    #expect(Format.ratio(1.373) == "1.37×")
    #expect(Format.ratio(0.2101) == "0.21×")
    #expect(Format.ratio(9.999) == "10.0×")
    #expect(Format.ratio(.infinity).isEmpty)
  }

  @Test("quantities carry the unit that suits their size")
  func units() {
    #expect(Format.parameters(128_400_000) == "128 M")
    #expect(Format.parameters(2_412_300_000) == "2.41 B")
    #expect(Format.duration(ns: 870) == "870 ns")
    #expect(Format.duration(ns: 12_345_678) == "12.3 ms")
    #expect(Format.duration(ns: 300e9) == "5.00 min")
    #expect(Format.joules(0.0283) == "28.3 mJ")
    #expect(Format.joules(6.42e-5) == "64.2 µJ")
    #expect(Format.percent(0.0082) == "0.82 %")
    #expect(Format.plusMinus(0.1834) == "± 0.18")
    #expect(Format.count(1, "cell") == "1 cell")
    #expect(Format.count(0, "cell") == "0 cells")
  }

  @Test("text cannot leave the element or the attribute that holds it")
  func escapes() {
    #expect(
      HTML.escaped("<script>alert('\"&\")</script>") == "&lt;script&gt;alert(&#39;&quot;&amp;&quot;)&lt;/script&gt;")
    #expect(HTML.escaped("plain – ± ×") == "plain – ± ×")
    #expect(HTML.escaped("a\u{0}b\u{1B}c\u{7F}") == "a\u{FFFD}b\u{FFFD}c\u{FFFD}")
  }
}
