import Foundation
import Records
import Suites
import Testing

/// A build and machine as tests want them: avx512 rows exist but cannot run, as does the whole family "wide".
let context = SuiteContext(
  models: [
    "paper-125m", "paper-350m", "paper-700m", "paper-1.5b", "bitnet-2b-4t", "llama3-8b-1.58", "phi4-mini",
    "phi4-mini-flash",
  ],
  kernels: [
    .init(id: "naive@portable", name: "naive", isBest: true, unavailableReason: nil),
    .init(id: "simd@avx512", name: "simd", isBest: false, unavailableReason: "this CPU lacks avx512bw"),
    .init(id: "simd@avx2", name: "simd", isBest: true, unavailableReason: nil),
    .init(id: "simd@portable", name: "simd", isBest: false, unavailableReason: nil),
    .init(id: "f16@avx2", name: "f16", isBest: true, unavailableReason: nil),
    .init(id: "tiled@avx2", name: "tiled", isBest: true, unavailableReason: nil),
    .init(id: "lut@avx2", name: "lut", isBest: true, unavailableReason: nil),
    .init(id: "lut2@avx2", name: "lut2", isBest: true, unavailableReason: nil),
    .init(id: "trit5@avx2", name: "trit5", isBest: true, unavailableReason: nil),
    .init(id: "wide@avx512", name: "wide", isBest: false, unavailableReason: "this CPU lacks avx512vbmi"),
    .init(id: "auto", name: "auto", isBest: true, unavailableReason: nil, isAutomatic: true),
    .init(id: "numa", name: "numa", isBest: true, unavailableReason: nil, isAutomatic: true, placement: "numa"),
  ],
  coresPhysical: 4, meters: ["time", "cpu", "memory", "energy"], placements: ["free", "pinned", "numa"],
  headFormats: ["f16", "q8_0", "q6_k"])

func suite(_ cases: SuiteCase..., meters: [String] = ["*"]) -> Suite { Suite(name: "t", meters: meters, cases: cases) }

func testCase(
  models: [String] = ["bitnet-2b-4t"], kernels: [String] = ["simd"], threads: [String] = ["all"],
  placements: [String] = ["pinned"], phases: [String] = ["tg8"], expect: String? = nil
) -> SuiteCase {
  SuiteCase(
    name: "c", models: models, kernels: kernels, threads: threads, placements: placements, phases: phases,
    expectTokensSHA256: expect)
}

@Suite struct CellsTests {
  @Test func aCaseIsTheProductOfItsListsInAStableOrder() throws {
    let cells = try suite(
      testCase(
        models: ["paper-125m", "bitnet-2b-4t"], kernels: ["f16", "simd"], threads: ["1-2"],
        placements: ["pinned", "free"], phases: ["pp8", "tg8"])
    ).cells(in: context)
    #expect(cells.count == 32)
    #expect(
      cells.prefix(5).map(\.id) == [
        "paper-125m/f16@avx2/t1/pinned/pp8", "paper-125m/f16@avx2/t1/pinned/tg8", "paper-125m/f16@avx2/t1/free/pp8",
        "paper-125m/f16@avx2/t1/free/tg8", "paper-125m/f16@avx2/t2/pinned/pp8",
      ])
    #expect(cells.last?.id == "bitnet-2b-4t/simd@avx2/t2/free/tg8")
    #expect(Set(cells.map(\.id)).count == 32)
  }

  @Test(arguments: [
    (["simd"], ["simd@avx2"]),
    (
      ["*"],
      ["naive@portable", "simd@avx2", "f16@avx2", "tiled@avx2", "lut@avx2", "lut2@avx2", "trit5@avx2", "wide@avx512"]
    ),
    (["simd@*"], ["simd@avx512", "simd@avx2", "simd@portable"]),
    (["*@avx2"], ["simd@avx2", "f16@avx2", "tiled@avx2", "lut@avx2", "lut2@avx2", "trit5@avx2"]),
    (["s*", "simd", "f16", "f16@avx2"], ["simd@avx2", "f16@avx2"]),
    (["wide"], ["wide@avx512"]),
    (["auto"], ["auto"]),
    (["naive", "auto", "numa"], ["naive@portable", "auto", "numa"]),
    (["n*"], ["naive@portable"]),
  ])
  func kernelPatternsMeanRows(patterns: [String], ids: [String]) throws {
    #expect(try suite(testCase(kernels: patterns)).cells(in: context).map(\.kernel) == ids)
  }

  @Test func theKernelNumaBringsItsPlacement() throws {
    let cells = try suite(testCase(kernels: ["auto", "numa"], placements: ["free", "pinned"])).cells(in: context)
    #expect(
      cells.map(\.id) == [
        "bitnet-2b-4t/auto/t4/free/tg8", "bitnet-2b-4t/auto/t4/pinned/tg8", "bitnet-2b-4t/numa/t4/numa/tg8",
      ])
  }

  @Test func aKernelThatCannotRunHereIsSkippedWithTheReason() throws {
    let cells = try suite(testCase(kernels: ["simd@*"])).cells(in: context)
    #expect(cells.map(\.skipReason) == ["this CPU lacks avx512bw", nil, nil])
  }

  @Test func probesHaveNeitherModelNorKernel() throws {
    let cells = try suite(testCase(phases: ["gemv", "probe:read"])).cells(in: context)
    #expect(cells.map(\.id) == ["machine/t4/pinned/probe:read", "bitnet-2b-4t/simd@avx2/t4/pinned/gemv"])
    #expect(cells[0].model == nil && cells[0].kernel == nil)
  }

  @Test func singleMatricesStandInTheModelsPlace() throws {
    var matrices = testCase(models: [], threads: ["1"], phases: ["gemv", "gemm128", "probe:int8"])
    matrices.shapes = ["2048x8192", "02048x8192", "8192x2048"]
    let cells = try suite(matrices).cells(in: context)
    #expect(
      cells.map(\.id) == [
        "machine/t1/pinned/probe:int8", "2048x8192/simd@avx2/t1/pinned/gemv", "2048x8192/simd@avx2/t1/pinned/gemm128",
        "8192x2048/simd@avx2/t1/pinned/gemv", "8192x2048/simd@avx2/t1/pinned/gemm128",
      ])
    #expect(cells[1].matrix?.inputs == 2048 && cells[1].matrix?.outputs == 8192 && cells[1].model == nil)
    #expect(cells.map(\.subject) == [nil, "2048x8192", "2048x8192", "8192x2048", "8192x2048"])
  }

  @Test(
    arguments: [
      ("gemv", ["2048"], [], "shapes: \"2048\" is not a matrix"),
      ("tg8", ["8x8"], [], "phases: tg8 needs a model"), ("head", ["8x8"], [], "phases: head needs a model"),
      ("gemv", ["8x8"], ["bitnet-2b-4t"], "shapes: models or single matrices are measured, not both"),
    ] as [(String, [String], [String], String)])
  func whatAMatrixCannotBeIsAnError(phase: String, shapes: [String], models: [String], message: String) {
    var matrices = testCase(models: models, phases: [phase])
    matrices.shapes = shapes
    #expect {
      try suite(matrices).cells(in: context)
    } throws: { error in
      if !"\(error)".hasPrefix("case \"c\": \(message)") { Issue.record("\(error)") }
      return error is SuiteError
    }
  }

  @Test func modelsMayBeGlobsNamesWithDotsAndPaths() throws {
    let cells = try suite(
      testCase(models: ["paper-?00m", "llama3-8b-1.58", "./my-model", "weights.safetensors", "/a/b"])
    ).cells(in: context)
    #expect(cells.map(\.model) == ["paper-700m", "llama3-8b-1.58", "./my-model", "weights.safetensors", "/a/b"])
  }

  @Test func aHeadFormatStaysBehindWhateverThePatternMeans() throws {
    let cells = try suite(
      testCase(
        models: ["paper-?00m:q6_k", "bitnet-2b-4t:f16", "bitnet-2b-4t", "./my:q8_0", "./my:odd", "a.safetensors:f16"])
    ).cells(in: context)
    #expect(
      cells.map(\.model) == [
        "paper-700m:q6_k", "bitnet-2b-4t:f16", "bitnet-2b-4t", "./my:q8_0", "./my:odd", "a.safetensors:f16",
      ])
    #expect(cells[0].id == "paper-700m:q6_k/simd@avx2/t4/pinned/tg8")
  }

  @Test func moreThreadsThanCoresAreAllowed() throws {
    #expect(try suite(testCase(threads: ["1-all", "64"])).cells(in: context).map(\.threads) == [1, 2, 3, 4, 64])
  }

  @Test func aCellOfTwoCasesIsRunOnce() throws {
    var second = testCase(phases: ["tg8", "pp8"])
    second.name = "d"
    let cells = try suite(testCase(), second).cells(in: context)
    #expect(cells.map(\.caseName) == ["c", "d"] && cells.map(\.phase.label) == ["tg8", "pp8"])
  }

  @Test func twoCasesMayNotDisagreeAboutACell() throws {
    var second = testCase()
    second.name = "d"
    second.repetitions = 99
    #expect {
      try suite(testCase(), second).cells(in: context)
    } throws: { error in
      "\(error)".contains("bitnet-2b-4t/simd@avx2/t4/pinned/tg8 is also in case \"c\"")
    }
  }

  @Test(arguments: [
    (testCase(models: ["bitnet-2b"]), "models: there is no model \"bitnet-2b\"; did you mean \"bitnet-2b-4t\"?"),
    (testCase(models: ["bitnet-2b-4t:q6k"]), "models: there is no head format \"q6k\"; there are f16, q8_0, q6_k"),
    (testCase(models: ["bitnet-2b:q6_k"]), "models: there is no model \"bitnet-2b\"; did you mean \"bitnet-2b-4t\"?"),
    (testCase(kernels: ["smid"]), "kernels: there is no kernel \"smid\"; did you mean \"simd\"?"),
    (testCase(kernels: ["simd@avx"]), "kernels: there is no kernel \"simd@avx\"; did you mean \"simd@avx2\"?"),
    (
      testCase(kernels: ["q*"]),
      "kernels: there is no kernel \"q*\"; there are naive, simd, f16, tiled, lut, lut2, trit5, wide, auto, numa"
    ),
    (testCase(placements: ["pined"]), "placements: there is no placement \"pined\"; did you mean \"pinned\"?"),
    (testCase(threads: ["5-all"]), "threads: \"5-all\" is not a count or range: 5 is more than all (all is 4 here)"),
    (testCase(threads: []), "threads: nothing is listed"),
    (testCase(models: []), "models: nothing is listed"),
    (testCase(phases: []), "phases: nothing is listed"),
    (testCase(phases: ["x"]), "phases: \"x\" is not a phase"),
    (testCase(threads: ["1-4096"], phases: (1...100).map { "tg\($0)" }), "name: the case has more than 100000 cells"),
    (testCase(models: ["paper-*"], expect: "ab"), "expect: one digest is the output of one model"),
    (testCase(phases: ["pp8"], expect: "ab"), "expect: one digest is the output of one model"),
  ])
  func whatCannotBeExpandedIsAnError(suiteCase: SuiteCase, message: String) {
    #expect {
      try suite(suiteCase).cells(in: context)
    } throws: { error in
      if !"\(error)".hasPrefix("case \"c\": \(message)") { Issue.record("\(error)") }
      return error is SuiteError
    }
  }

  @Test func anErrorOfASuiteFileHasItsLine() throws {
    let text = goodText.replacingOccurrences(of: "\"paper-125m\"", with: "\"paper-126m\"")
    #expect {
      try decode(text).cells(in: context)
    } throws: { error in
      "\(error)".hasPrefix("s.toml:22: case \"prompt\": models: there is no model \"paper-126m\"; did you mean")
    }
    let meters = goodText.replacingOccurrences(of: "\"cpu\"", with: "\"cup\"")
    #expect {
      try decode(meters).cells(in: context)
    } throws: { error in
      "\(error)" == "s.toml:11: meters: there is no meter \"cup\"; did you mean \"cpu\"?"
    }
  }

  @Test func metersAreGlobsAndTimeIsAlwaysAmongThem() throws {
    #expect(try suite(testCase()).meterIDs(in: context) == ["time", "cpu", "memory", "energy"])
    #expect(try suite(testCase(), meters: ["en*", "cpu"]).meterIDs(in: context) == ["time", "cpu", "energy"])
  }

  @Test func onlyCellsThatGenerateExpectADigest() throws {
    let cells = try suite(testCase(phases: ["pp8", "tg8"], expect: "ab")).cells(in: context)
    #expect(cells.map(\.expectTokensSHA256) == [nil, "ab"])
  }
}
