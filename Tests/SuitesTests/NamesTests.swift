import Records
import Testing

@testable import Suites

@Suite struct NamesTests {
  @Test(arguments: [
    ("*", "", true), ("*", "simd", true), ("simd", "simd", true), ("simd", "simd2", false), ("s*d", "simd", true),
    ("s*d", "sim", false), ("?imd", "simd", true), ("?", "", false), ("simd@*", "simd@avx2", true),
    ("*@*", "simd", false), ("**a**b*", "xaxbx", true), ("a*b*c", "abbbc", true), ("a*b*c", "ab", false),
    ("*a", "ba", true), ("*a", "ab", false), ("f16", "F16", false),
  ])
  func aGlobMatchesWholeNames(pattern: String, name: String, matches: Bool) {
    #expect(Glob(pattern).matches(name) == matches)
  }

  @Test func aGlobOfManyStarsIsNotSlow() {
    // Backtracking into every star would take longer than the universe has existed.
    let name = String(repeating: "a", count: 2000)
    #expect(!Glob(String(repeating: "a*", count: 200) + "b").matches(name))
  }

  @Test(arguments: [
    ("smid", "simd"), ("generat", "generate"), ("Repetitions", "repetitions"), ("bitnet-2b", "bitnet-2b-4t"),
  ])
  func theNearestNameIsSuggested(name: String, nearest: String) {
    let names = ["simd", "generate", "repetitions", "bitnet-2b-4t", "f16"]
    #expect(NearestName.of(name, in: names) == nearest)
  }

  @Test func whatIsFarFromEverythingHasNoSuggestion() {
    #expect(NearestName.of("zebra", in: ["simd", "f16"]) == nil)
    #expect(NearestName.of("x", in: ["f"]) == nil)
    #expect(NearestName.of(String(repeating: "s", count: 100_000), in: ["simd"]) == nil)
    #expect(NearestName.suggestion(for: "zebra", in: ["simd", "f16"]) == "; there are simd, f16")
  }

  @Test(arguments: [("", "abc", 3), ("kitten", "sitting", 3), ("smid", "simd", 1), ("ab", "ab", 0), ("a", "b", 1)])
  func editsAreCountedWithSwaps(a: String, b: String, edits: Int) {
    #expect(NearestName.edits(from: a, to: b) == edits)
    #expect(NearestName.edits(from: b, to: a) == edits)
  }
}
