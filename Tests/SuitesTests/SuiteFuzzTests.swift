import Foundation
import Testing

@testable import Suites

@Suite struct SuiteFuzzTests {
  /// A sequence that is the same in every run.
  struct Random {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
  }

  /// Either a suite or a `SuiteError`, whose line lies in the text.
  func readOrRefuse(_ text: String) {
    do {
      _ = try SuiteDecoder.decode(text: text, path: "f.toml").cells(in: context)
    } catch let error as SuiteError {
      let lines = text.utf8.count { $0 == UInt8(ascii: "\n") } + 1
      #expect(error.line.map { 1...lines ~= $0 } ?? true, "\(error)")
    } catch {
      Issue.record("not a SuiteError: \(error)")
    }
  }

  @Test func everyTruncationIsReadOrRefused() {
    let bytes = Array(goodText.utf8)
    for length in 0..<bytes.count { readOrRefuse(String(decoding: bytes[..<length], as: UTF8.self)) }
  }

  @Test(arguments: 1...8) func mutationsAreReadOrRefused(seed: UInt64) {
    let pieces = [
      "[", "]", "[[", "{", "}", "\"", "'", "'''", "\"\"\"", "=", "\n", "\\", "\\u0000", "#", ".", "*", "1-99999999",
      "nan", "shapes = \"8x8\"\n",
      "inf", "-", "999999999999999999999", "0x", "[[case]]", "é", "\r", "\u{1}", "name",
    ].map { Array($0.utf8) }
    var random = Random(seed: seed)
    for _ in 0..<250 {
      var bytes = Array(goodText.utf8)
      for _ in 0...random.next(4) {
        let place = random.next(bytes.count)
        switch random.next(4) {
        case 0: bytes[place] = UInt8(random.next(256))
        case 1: bytes.remove(at: place)
        case 2: bytes.removeSubrange(place..<min(bytes.count, place + random.next(60)))
        default: bytes.insert(contentsOf: pieces[random.next(pieces.count)], at: place)
        }
        if bytes.isEmpty { bytes = [10] }
      }
      readOrRefuse(String(decoding: bytes, as: UTF8.self))
    }
  }

  /// Each of these is more than the parser bears (an assertion, or recursion), or looks as if it were.
  static let hostile = [
    "[#", "[.a]", "[[[[case]]", "[ =", "a = [1, }]", "a = {b = 1]", "a = ]",
    String(repeating: "a.", count: 50_000) + "a = 1\n=", "[" + String(repeating: "a.", count: 50_000) + "a]\n=",
    "a = { " + String(repeating: "a.", count: 50_000) + "a = 1 }\n=", "'a=\'\'\'' = 1\n[#",
    String(repeating: "[", count: 100_000), "a = " + String(repeating: "[", count: 100_000),
    "a = " + String(repeating: "{a=", count: 50_000), String(repeating: "[[case]]\n", count: 20_000),
    "\"\\u0000\" = 1\nschema = 1", "schema = 1\n\"\" = 2", "\u{FEFF}[#",
    "name = \"" + String(repeating: "x", count: 2 << 20) + "\"",
    "schema = 1\nname = \"x\"\n[[case]]\nname = \"c\"\nphases = [\"tg1\"]\nkernels=[\"*\"]\nmodels=[\""
      + String(repeating: "a*", count: 5000) + "\"]",
  ]

  /// Seconds for which this thread has had a CPU: a limit by the clock would count how long a busy machine lets it wait.
  private static func busySeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  @Test(arguments: hostile.indices) func hostileTextsAreRefusedQuickly(index: Int) {
    let start = Self.busySeconds()
    #expect(throws: SuiteError.self) {
      try SuiteDecoder.decode(text: Self.hostile[index], path: nil).cells(in: context)
    }
    // Each takes well below a second; what takes a hundred times that grows faster than the text.
    #expect(Self.busySeconds() - start < 30)
  }
}
