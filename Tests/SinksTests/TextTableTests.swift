import Testing

@testable import Sinks

@Suite struct TextTableTests {
  let table = TextTable(
    columns: [
      .left("model", .essential), .right("size", .minor), .left("kernel"), .left("placement", .minor),
      .right("t/s", .essential),
    ],
    rows: [
      ["bitnet-2b-4t", "1.10 GiB", "simd@avx2", "pinned", "41.20 ± 0.18"],
      ["a-model-with-quite-a-long-name", "26.1 GiB", "f16@avx2", "free", "–"],
    ])

  @Test func columnsAreAligned() {
    #expect(
      table.render() == """
        model                               size  kernel     placement           t/s
        bitnet-2b-4t                    1.10 GiB  simd@avx2  pinned     41.20 ± 0.18
        a-model-with-quite-a-long-name  26.1 GiB  f16@avx2   free                  –

        """)
  }

  @Test func textIsShortenedBeforeColumnsAreDropped() {
    #expect(
      table.render(width: 66) == """
        model                     size  kernel     placement           t/s
        bitnet-2b-4t          1.10 GiB  simd@avx2  pinned     41.20 ± 0.18
        a-model-with-quite-…  26.1 GiB  f16@avx2   free                  –

        """)
  }

  @Test func theLeastImportantColumnsAreDroppedAndNamed() {
    #expect(
      table.render(width: 45) == """
        model                 kernel              t/s
        bitnet-2b-4t          simd@avx2  41.20 ± 0.18
        a-model-with-quite-…  f16@avx2              –
        (no room for size, placement)

        """)
  }

  @Test(arguments: [10, 25, 30, 40, 50, 60, 70, 79, 80]) func noLineIsWiderThanAsked(width: Int) {
    let lines = table.render(width: width).split(separator: "\n")
    // Two essential columns of 10 and 12 and the gap between them are the least.
    #expect(lines.allSatisfy { TextWidth.of(String($0)) <= max(width, 24) })
  }

  @Test(arguments: [
    ("abc", 3), ("é", 1), ("e\u{301}", 1), ("漢字", 4), ("±–…", 3), ("🦜", 2), ("👩‍👩‍👧", 2), ("", 0), ("ＡＢ", 4), ("한", 2),
  ])
  func widthsAreThoseOfATerminal(text: String, width: Int) {
    #expect(TextWidth.of(text) == width)
  }

  @Test func shorteningNeverExceedsTheWidth() {
    for width in 1...8 { #expect(TextWidth.of(TextWidth.shortened("漢字ab漢字", to: width)) <= width) }
    #expect(TextWidth.shortened("abc", to: 3) == "abc" && TextWidth.shortened("abcd", to: 3) == "ab…")
  }

  @Test func controlCharactersDoNotReachTheTerminal() {
    let text = TextTable(columns: [.left("a\u{1B}")], rows: [["x\u{1B}[31m\ny"], []]).render()
    #expect(text.split(separator: "\n", omittingEmptySubsequences: false)[1] == "x [31m y")
  }

  @Test func aTableWithoutRowsIsItsHeading() {
    #expect(TextTable(columns: [.left("a"), .right("b")], rows: []).render(width: 80) == "a  b\n")
  }
}
