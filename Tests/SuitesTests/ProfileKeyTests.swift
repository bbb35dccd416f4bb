import Foundation
import Records
import Suites
import Testing

@Suite struct ProfileKeyTests {
  private func text(_ defaults: String, _ ofCase: String) -> String {
    """
    schema = 1
    name = "s"
    [defaults]
    \(defaults)
    [[case]]
    name = "c"
    models = ["bitnet-2b-4t"]
    kernels = ["simd"]
    threads = 1
    phases = ["tg8", "gemv", "head", "probe:read"]
    \(ofCase)
    """
  }

  @Test(arguments: [
    ("", "", true), ("profile = false", "", false), ("", "profile = false", false),
    ("profile = false", "profile = true", true), ("profile = true", "", true),
  ])
  func whatACaseSaysHoldsBeforeTheDefaults(defaults: String, ofCase: String, isProfiled: Bool) throws {
    let suite = try SuiteDecoder.decode(text: text(defaults, ofCase), path: "s.toml")
    #expect(suite.cases[0].profile == isProfiled)
    // Only a model has operations that can be told apart.
    let profiled = try suite.cells(in: context).filter(\.profile).map(\.phase.label)
    #expect(profiled == (isProfiled ? ["tg8"] : []))
  }

  @Test(arguments: ["1", "\"yes\"", "[true]"]) func onlyTrueAndFalseAreTaken(value: String) {
    #expect {
      try SuiteDecoder.decode(text: text("", "profile = \(value)"), path: "s.toml")
    } throws: { error in
      "\(error)".hasPrefix("s.toml:11: case \"c\": profile: ") && "\(error)".contains("where true or false is needed")
    }
  }

  @Test func casesThatDifferInItDoNotShareACell() throws {
    let two =
      text("", "") + "\n"
      + text("", "profile = false").components(separatedBy: "[[case]]")[1]
      .replacing("name = \"c\"", with: "[[case]]\nname = \"d\"")
    let suite = try SuiteDecoder.decode(text: two, path: "s.toml")
    #expect {
      try suite.cells(in: context)
    } throws: { error in
      "\(error)".contains("is also in case \"c\"") && "\(error)".contains("profile")
    }
  }
}
