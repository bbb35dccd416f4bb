import Records
import Testing

@testable import Suites

@Suite struct SuiteProgramTests {
  private static let llama = "name = \"llama.cpp\"\nkind = \"llama-bench\"\nmodel = \"m.gguf\""

  private func text(_ program: String, case lines: String = "models = [\"bitnet-2b-4t\"]\nkernels = [\"simd\"]")
    -> String
  {
    """
    schema = 1
    name = "s"
    [[program]]
    \(program)
    [[case]]
    name = "c"
    programs = ["*"]
    phases = ["tg8"]
    \(lines)
    """
  }

  private func cells(_ text: String) throws -> [Cell] {
    try SuiteDecoder.decode(text: text, path: "s.toml").cells(in: context)
  }

  private func message(_ text: String) -> String {
    do {
      return "no error, \(try cells(text).count) cells"
    } catch { return "\(error)" }
  }

  @Test func aProgramsCellsStandBehindTheKernelsOf() throws {
    let cells = try cells(text(Self.llama, case: "models = [\"bitnet-2b-4t\"]\nkernels = [\"simd\"]\nthreads = [1, 2]"))
    #expect(
      cells.map(\.id) == [
        "bitnet-2b-4t/simd@avx2/t1/pinned/tg8", "bitnet-2b-4t/simd@avx2/t2/pinned/tg8",
        "bitnet-2b-4t/llama.cpp/t1/pinned/tg8", "bitnet-2b-4t/llama.cpp/t2/pinned/tg8",
      ])
    #expect(cells[2].program?.model == "m.gguf" && cells[2].kernel == nil && cells[2].runner == "llama.cpp")
  }

  @Test func programsAloneNeedNeitherModelsNorKernels() throws {
    let cells = try cells(text(Self.llama, case: ""))
    #expect(cells.map(\.id) == ["m/llama.cpp/t4/pinned/tg8"] && cells[0].model == nil)
  }

  @Test func aShapeSaysToWhichOfSeveralModelsItIsEqual() throws {
    let two = "models = [\"bitnet-2b-4t\", \"paper-125m\"]\nkernels = [\"simd\"]"
    #expect(message(text(Self.llama, case: two)).contains("say with shape"))
    let cells = try cells(text(Self.llama + "\nshape = \"paper-125m:q6_k\"", case: two))
    #expect(cells.map(\.model) == ["bitnet-2b-4t", "paper-125m", "paper-125m:q6_k"])
  }

  @Test func withoutAModelAProgramIsGivenTheCasesGGUFFiles() throws {
    let program = "name = \"p\"\nkind = \"llama-bench\""
    let cells = try cells(
      text(program, case: "models = [\"./a.gguf\", \"./b.gguf:q6_k\", \"paper-125m\"]\nkernels = [\"simd\"]"))
    #expect(cells.compactMap(\.program?.model) == ["./a.gguf", "./b.gguf"])
    #expect(cells.suffix(2).map(\.model) == ["./a.gguf", "./b.gguf:q6_k"])
    #expect(message(text(program)).contains("p has no model"))
  }

  @Test func whatAProgramCannotRunIsSkipped() throws {
    let cells = try cells(
      text(
        Self.llama,
        case: "models = [\"bitnet-2b-4t\"]\nkernels = [\"simd\"]\nplacements = [\"numa\", \"free\"]"
      ).replacing("[\"tg8\"]", with: "[\"tg8\", \"gemv\"]"))
    let reasons = cells.filter { $0.program != nil }.map { $0.skipReason?.prefix(20) }
    #expect(reasons == ["placement numa is of", "llama.cpp runs whole", nil, "llama.cpp runs whole"])
  }

  @Test(arguments: [
    ("name = \"p\"", "s.toml:3: program \"p\": kind: missing"),
    (
      "name = \"p\"\nkind = \"llama\"",
      "s.toml:5: program \"p\": kind: there is no kind \"llama\"; there are llama-bench, c"
    ),
    ("name = \"a/b\"\nkind = \"command\"", "s.toml:4: program 1: name: \"a/b\" is not 1 to 64"),
    (
      "name = \"simd\"\nkind = \"llama-bench\"\nmodel = \"m\"",
      "s.toml:4: name: program \"simd\": a kernel has this name"
    ),
    (
      llama + "\nrate = \"(x)\"",
      "s.toml:7: program \"llama.cpp\": rate: a program of kind \"llama-bench\" has no such key"
    ),
    (llama + "\nargs = [\"-t\", \"4\"]", "s.toml:7: program \"llama.cpp\": args: -t is set for every cell"),
    (llama + "\ntimeout_seconds = 0", "timeout_seconds: 0.0 is not between"),
    (llama + "\nhaed = \"f16\"", "s.toml:7: program \"llama.cpp\": haed: there is no such key in [[program]]; did you"),
    (llama + "\nhead = \"q9\"", "there is no head format \"q9\""),
    (llama + "\nshape = \"bitnet\"", "there is no model \"bitnet\""),
    (llama + "\nshape = \"paper-*\"", "means 4 models; name one"),
    ("name = \"p\"\nkind = \"command\"\nrate = \"(x)\"", "program \"p\": command: missing"),
    ("name = \"p\"\nkind = \"command\"\ncommand = \"x\"", "program \"p\": rate: missing; rate or time"),
    ("name = \"p\"\nkind = \"command\"\ncommand = \"x\"\nrate = \"(x)\"\ntime = \"(x)\"", "time: rate says it already"),
    ("name = \"p\"\nkind = \"command\"\ncommand = \"x\"\nrate = \"x\"", "rate: 0 groups in parentheses, where one"),
    ("name = \"p\"\nkind = \"command\"\ncommand = \"x\"\nrate = \"(x\"", "rate: not a regular expression"),
    ("name = \"p\"\nkind = \"command\"\ncommand = \"x\"\ntime = \"(x)\"\ntime_unit = \"m\"", "there are ns, us, ms, s"),
    (
      "name = \"p\"\nkind = \"command\"\ncommand = \"x\"\nrate = \"(x)\"\ntime_unit = \"s\"",
      "belongs to time, which is not"
    ),
    (
      "name = \"p\"\nkind = \"command\"\ncommand = \"x {thread}\"\nrate = \"(x)\"",
      "no placeholder {thread}; did you mean"
    ),
    ("name = \"p\"\nkind = \"command\"\ncommand = \"x\"\nmodel = \"m\"\nrate = \"(x)\"", "the command has no {model}"),
    (
      "name = \"p\"\nkind = \"command\"\ncommand = \"x\"\nrate = \"(x)\"\npath = \"x\"", "write the program and its opt"
    ),
    (llama + "\n[[program]]\n" + llama, "s.toml:8: program \"llama.cpp\": name: \"llama.cpp\" names two programs"),
  ])
  func mistakesNameTheirPlace(program: String, words: String) {
    #expect(message(text(program)).contains(words), "\(message(text(program)))")
  }

  @Test func aNameThatNoProgramHasIsRefused() {
    let wrong = text(Self.llama).replacing("[\"*\"]", with: "[\"lama.cpp\"]")
    #expect(
      message(wrong).contains("case \"c\": programs: there is no program \"lama.cpp\"; did you mean \"llama.cpp\"?"))
    let none = "schema = 1\nname = \"s\"\n[[case]]\nname = \"c\"\nprograms = \"x\"\nphases = \"tg8\""
    #expect(message(none).contains("because the suite has no [[program]]"))
    #expect(message("program = 3\n" + none).contains("where tables [[program]] are needed"))
  }

  @Test func aSuiteWithProgramsDecodesToItself() throws {
    let original = Suite(
      name: "s",
      programs: [
        SuiteProgram(
          name: "a", kind: .llamaBench, path: "./b", model: "m.gguf", arguments: ["-fa", "0"], timeoutSeconds: 9,
          shape: "bitnet-2b-4t", head: "q6_k"),
        SuiteProgram(
          name: "c_d", kind: .command, command: ["x", "{model} {cpus}"], time: "took ([0-9.]+) \\w",
          timeUnit: .milliseconds,
          begins: "^go\\b"),
      ], cases: [SuiteCase(name: "c", programs: ["a"], phases: ["tg8"])])
    #expect(try SuiteDecoder.decode(text: original.text, path: nil) == original)
  }
}
