import Records
import Testing

@Suite struct ByteCountTests {
  @Test(arguments: [
    (0, "0 B"), (512, "512 B"), (1023, "1023 B"), (1024, "1.00 KiB"), (32 << 10, "32.0 KiB"), (1 << 20, "1.00 MiB"),
    (1_177_681_920, "1.10 GiB"), (432_013_312, "412 MiB"), (28_024_897_536, "26.1 GiB"), (-2048, "-2.00 KiB"),
    // What rounds up to the next digit or unit is not written with one digit too many.
    (10_481_000, "10.0 MiB"), (1_073_741_823, "1.00 GiB"), (104_806_000, "100 MiB"), (104_805_171, "99.9 MiB"),
    (Int.max, "8.00 EiB"),
  ])
  func bytesHaveThreeDigitsAndBinaryUnits(count: Int, text: String) {
    #expect("\(ByteCount(count))" == text)
  }

  @Test func whatIsNotANumberHasNoText() {
    #expect("\(ByteCount(Double.nan))".isEmpty && "\(ByteCount(Double.infinity))".isEmpty)
    #expect("\(ByteCount(1e300))" == "1e+300 B")
  }
}
