import Testing

@testable import Charts

@Suite struct SVGBuilderTests {
  @Test(
    "numbers have at most two decimals and no trailing zeros",
    arguments: [
      (0.0, "0"), (-0.001, "0"), (12.345, "12.35"), (12.3, "12.3"), (12.05, "12.05"), (-3.5, "-3.5"), (-0.25, "-0.25"),
      (1e9, "1000000000"), (.nan, "0"), (.infinity, "0"), (1e300, "0"),
    ])
  func decimals(value: Double, expected: String) {
    #expect(SVGBuilder.decimal(value) == expected)
  }

  @Test("text cannot leave its element or attribute")
  func escapes() {
    var svg = SVGBuilder()
    svg.element("text", ["class": "a\"b'<", "x": .number(1.5)], text: "<script>&\u{0}\u{FFFE}</script>")
    #expect(
      svg.text == """
        <text class="a&quot;b&#39;&lt;" x="1.5">&lt;script&gt;&amp;\u{FFFD}\u{FFFD}&lt;/script&gt;</text>
        """)
  }

  @Test("a shape with a hint holds it as its title")
  func hints() {
    var svg = SVGBuilder()
    svg.shape("rect", ["x": "1"], hint: "4 threads")
    svg.shape("rect", ["x": "2"], hint: nil)
    #expect(svg.text == "<rect x=\"1\"><title>4 threads</title></rect><rect x=\"2\"/>")
  }
}
