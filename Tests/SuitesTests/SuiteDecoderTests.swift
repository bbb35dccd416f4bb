import Foundation
import Suites
import Testing

/// A suite that is right; tests change one thing of it.
let goodText = """
  schema = 1
  name = "decode-scaling"
  question = "Does it scale?"
  analysis = '''
  models = ["not a key: this is prose"]
  '''

  [defaults]
  repetitions = 10
  order = "shuffled"
  meters = ["time", "cpu"]

  [[case]]
  name = "decode"
  models = ["bitnet-2b-4t"]
  kernels = ["*"]
  threads = "1-64*2"
  phases = ["tg128"]

  [[case]]   # the second
  name = "prompt"
  models = "paper-125m"
  kernels = ["simd", "f16"]
  threads = [1, "all"]
  placements = ["free"]
  phases = ["pp512"]
  min_time_seconds = 2
  repetitions = 3
  expect = { tokens_sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" }
  """

func decode(_ text: String) throws -> Suite { try SuiteDecoder.decode(text: text, path: "s.toml") }

@Suite struct SuiteDecoderTests {
  @Test func aSuiteIsReadWithItsDefaults() throws {
    let suite = try decode(goodText)
    #expect(suite.name == "decode-scaling" && suite.question == "Does it scale?" && suite.order == .shuffled)
    #expect(suite.seed == SuiteDefaults.seed && suite.meters == ["time", "cpu"] && suite.text == goodText)
    #expect(
      suite.cases[0]
        == SuiteCase(
          name: "decode", models: ["bitnet-2b-4t"], kernels: ["*"], threads: ["1-64*2"], phases: ["tg128"],
          repetitions: 10))
    #expect(
      suite.cases[1]
        == SuiteCase(
          name: "prompt", models: ["paper-125m"], kernels: ["simd", "f16"], threads: ["1", "all"],
          placements: ["free"], phases: ["pp512"], repetitions: 3, minTimeSeconds: 2,
          expectTokensSHA256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"))
  }

  @Test func iterationsAreExactAndHaveARange() throws {
    let text = goodText.replacingOccurrences(of: "repetitions = 10", with: "repetitions = 10\niterations = 25")
    #expect(try decode(text).cases.map(\.iterations) == [25, 25])
    #expect(try decode(goodText).cases.map(\.iterations) == [nil, nil])
    let own = text.replacingOccurrences(of: "repetitions = 3", with: "iterations = 1")
    #expect(try decode(own).cases.map(\.iterations) == [25, 1])
    let cells = try decode(own.replacingOccurrences(of: "expect = ", with: "# ")).cells(in: context)
    #expect(cells.allSatisfy { $0.iterations == ($0.caseName == "prompt" ? 1 : 25) })
    for bad in ["0", "-1", "1000000001", "1.5", "\"1\""] {
      let error = #expect(throws: SuiteError.self) {
        try decode(text.replacingOccurrences(of: "= 25", with: "= \(bad)"))
      }
      #expect(error?.line == 10, "\(bad): \(String(describing: error))")
    }
  }

  @Test func modelsAndShapesTakeEachOthersPlace() throws {
    let text = """
      schema = 1
      name = "k"
      [defaults]
      models = ["bitnet-2b-4t"]
      kernels = ["simd"]
      [[case]]
      name = "matrices"
      shapes = "2048x8192"
      phases = ["gemv"]
      [[case]]
      name = "model"
      phases = ["gemv"]
      """
    let cases = try decode(text).cases
    #expect(cases.map(\.shapes) == [["2048x8192"], []] && cases.map(\.models) == [[], ["bitnet-2b-4t"]])
    let swapped = text.replacingOccurrences(of: "models = [\"bitnet-2b-4t\"]", with: "shapes = [\"8x8\"]")
      .replacingOccurrences(of: "shapes = \"2048x8192\"", with: "models = \"paper-125m\"")
    let others = try decode(swapped).cases
    #expect(others.map(\.shapes) == [[], ["8x8"]] && others.map(\.models) == [["paper-125m"], []])
  }

  @Test func aCaseOfProbesNeedsNoModel() throws {
    let suite = try decode("schema = 1\nname = \"p\"\n[[case]]\nname = \"c\"\nphases = \"probe:read\"")
    #expect(suite.cases[0].models.isEmpty && suite.cases[0].kernels.isEmpty)
  }

  /// What is replaced, by what, and the beginning of the complaint.
  @Test(arguments: [
    // Keys.
    (
      "phases = [\"tg128\"]", "phasse = [\"tg128\"]",
      "s.toml:18: case \"decode\": phasse: there is no such key in [[case]]; did you mean \"phases\"?"
    ),
    (
      "question =", "qestion =",
      "s.toml:3: qestion: there is no such key in the top of the file; did you mean \"question\"?"
    ),
    ("repetitions = 10", "repetitons = 10", "s.toml:9: defaults: repetitons: there is no such key"),
    (
      "repetitions = 3", "order = \"shuffled\"",
      "s.toml:28: case \"prompt\": order: does not belong in [[case]]; it stands in [defaults]"
    ),
    ("tokens_sha256", "token_sha256", "s.toml:29: case \"prompt\": expect: token_sha256: there is no such key"),
    (
      "threads = \"1-64*2\"", "zebra = 1",
      "s.toml:17: case \"decode\": zebra: there is no such key in [[case]]; there are"
    ),
    // Missing keys.
    ("schema = 1\n", "", "s.toml: schema: missing"),
    ("name = \"decode-scaling\"\n", "", "s.toml: name: missing"),
    ("name = \"decode\"\n", "", "s.toml:13: case 1: name: missing"),
    ("models = [\"bitnet-2b-4t\"]\n", "", "s.toml:13: case \"decode\": models: missing"),
    ("phases = [\"pp512\"]\n", "", "s.toml:20: case \"prompt\": phases: missing"),
    // Types.
    (
      "repetitions = 10", "repetitions = \"ten\"",
      "s.toml:9: defaults: repetitions: the string \"ten\", where a whole number is needed"
    ),
    ("repetitions = 10", "repetitions = 1.5", "s.toml:9: defaults: repetitions: the number 1.5, where a whole number"),
    ("kernels = [\"*\"]", "kernels = [1]", "s.toml:16: case \"decode\": kernels: the number 1, where a string"),
    ("threads = [1, \"all\"]", "threads = [1, [2]]", "s.toml:24: case \"prompt\": threads: a list, where a number"),
    ("threads = [1, \"all\"]", "threads = 1979-05-27", "s.toml:24: case \"prompt\": threads: a date or time, where"),
    ("[defaults]", "[[defaults]]", "s.toml:8: defaults: a list, where a table is needed"),
    ("expect = {", "expect = 5 #", "s.toml:29: case \"prompt\": expect: the number 5, where a table is needed"),
    ("question = \"Does it scale?\"", "question = true", "s.toml:3: question: true, where a string is needed"),
    // Values.
    ("schema = 1", "schema = 2", "s.toml:1: schema: 2 is newer than 1"),
    ("schema = 1", "schema = 0", "s.toml:1: schema: 0 is not between 1"),
    ("\"decode-scaling\"", "\"../x\"", "s.toml:2: name: \"../x\" is not 1 to 64 letters"),
    (
      "order = \"shuffled\"", "order = \"shufled\"",
      "s.toml:10: defaults: order: there is no order \"shufled\"; did you mean \"shuffled\"?"
    ),
    ("repetitions = 10", "repetitions = 0", "s.toml:9: defaults: repetitions: 0 is not between 1"),
    ("repetitions = 10", "repetitions = -1", "s.toml:9: defaults: repetitions: -1 is not between 1"),
    ("repetitions = 10", "seed = -1", "s.toml:9: defaults: seed: -1 is not between 0"),
    ("repetitions = 10", "warmup = 1001", "s.toml:9: defaults: warmup: 1001 is not between 0 and 1000"),
    (
      "min_time_seconds = 2", "min_time_seconds = nan",
      "s.toml:27: case \"prompt\": min_time_seconds: nan is not between"
    ),
    (
      "min_time_seconds = 2", "cooldown_seconds = inf",
      "s.toml:27: case \"prompt\": cooldown_seconds: inf is not between"
    ),
    ("threads = \"1-64*2\"", "threads = 0", "s.toml:17: case \"decode\": threads: \"0\" is not a count or range"),
    ("threads = \"1-64*2\"", "threads = \"8-1\"", "s.toml:17: case \"decode\": threads: \"8-1\" is not"),
    ("threads = \"1-64*2\"", "threads = []", "s.toml:17: case \"decode\": threads: an empty list"),
    ("kernels = [\"*\"]", "kernels = [\"\"]", "s.toml:16: case \"decode\": kernels: an empty string"),
    ("phases = [\"tg128\"]", "phases = [\"tg\"]", "s.toml:18: case \"decode\": phases: \"tg\" is not a phase"),
    (
      "models = [\"bitnet-2b-4t\"]", "models = [\"bitnet-2b-4t\"]\nshapes = [\"8x8\"]",
      "s.toml:16: case \"decode\": shapes: models or single matrices are measured, not both"
    ),
    (
      "models = [\"bitnet-2b-4t\"]", "shapes = [\"0x5\"]", "s.toml:15: case \"decode\": shapes: \"0x5\" is not a matrix"
    ),
    (
      "models = [\"bitnet-2b-4t\"]", "shapes = \"2048\"", "s.toml:15: case \"decode\": shapes: \"2048\" is not a matrix"
    ),
    ("models = [\"bitnet-2b-4t\"]", "shapes = [\"-1x2\"]", "s.toml:15: case \"decode\": shapes: \"-1x2\" is not"),
    ("models = [\"bitnet-2b-4t\"]", "shapes = [\"99999999x2\"]", "s.toml:15: case \"decode\": shapes: \"99999999x2\""),
    ("models = [\"bitnet-2b-4t\"]", "shapes = []", "s.toml:15: case \"decode\": shapes: an empty list"),
    ("models = [\"bitnet-2b-4t\"]", "shapes = [2048]", "s.toml:15: case \"decode\": shapes: the number 2048, where"),
    ("name = \"prompt\"", "name = \"decode\"", "s.toml:21: case: name: \"decode\" names two cases"),
    ("name = \"prompt\"", "name = \"\"", "s.toml:21: case 2: name: a case's name is"),
    ("e3b0c442", "E3B0C442", "s.toml:29: case \"prompt\": expect: tokens_sha256: not 64 lower-case"),
    // Syntax, in the parser's words.
    ("[defaults]", "[defaults", "s.toml:8: column 10: "),
    ("repetitions = 10", "repetitions = 10\nrepetitions = 11", "s.toml:10: column"),
    ("schema = 1", "schema =", "s.toml:1: column"),
  ])
  func aMistakeIsNamedWithItsLineAndTheRemedy(old: String, new: String, message: String) throws {
    let range = try #require(goodText.range(of: old))
    let text = goodText.replacingCharacters(in: range, with: new)
    #expect {
      try decode(text)
    } throws: { error in
      if !"\(error)".hasPrefix(message) { Issue.record("\(error)") }
      return error is SuiteError
    }
  }

  @Test func aSuiteWithoutCasesIsRefused() {
    for text in [
      "schema = 1\nname = \"x\"", "schema = 1\nname = \"x\"\ncase = []", "schema = 1\nname = \"x\"\ncase = 3",
    ] {
      #expect {
        try decode(text)
      } throws: { error in
        "\(error)".contains("at least one [[case]]")
      }
    }
  }

  @Test func aNULByteIsRefusedWithItsLine() {
    #expect(throws: SuiteError(path: "s.toml", line: 2, key: nil, message: "a NUL byte; a suite is a text file")) {
      try decode("schema = 1\nname = \"a\0b\"")
    }
  }

  @Test func aFileThatIsNotThereOrNotTextIsNamed() throws {
    #expect {
      try SuiteDecoder.read(path: "/nowhere/x.toml")
    } throws: { error in
      "\(error)".hasPrefix("/nowhere/x.toml: cannot read the suite")
    }
  }
}
