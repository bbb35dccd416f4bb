import Engine
import Foundation
import Machine
import ModelFiles
import Records
import Suites
import Testing

@testable import Harness

@Suite struct FairnessTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "../ModelFilesTests/Fixtures/gguf").standardizedFileURL.path

  private func cell(_ phase: String = "tg128", program: SuiteProgram) throws -> Cell {
    let suite = Suite(
      name: "s", programs: [program],
      cases: [SuiteCase(name: "c", programs: ["*"], threads: ["4"], placements: ["free"], phases: [phase])])
    return try #require(try suite.cells(in: .current(machine: Machine())).first)
  }

  private func bench(_ change: (inout LlamaBenchResult) -> Void = { _ in }) throws -> LlamaBenchResult {
    var bench = try LlamaBenchResult.parse(Array(BenchText.new.utf8), name: "peer")
    change(&bench)
    return bench
  }

  private func ids(
    _ program: SuiteProgram? = nil, phase: String = "tg128", model: String? = nil, twin: String? = "bitnet-2b-4t",
    bench: LlamaBenchResult?, clock: Double? = nil
  ) throws -> [String] {
    let program = program ?? SuiteProgram(name: "peer", kind: .llamaBench, model: "m.gguf", head: "f16")
    return Fairness(
      cell: try cell(phase, program: program), program: program, model: try model.map { try ProgramModel(path: $0) },
      twin: try twin.map { try ModelReference($0) }, cacheFormat: .f16, bench: bench, clockRatio: clock
    ).warnings().map(\.id)
  }

  @Test func whatIsEqualIsNotWarnedAbout() throws {
    #expect(try Zoo.shape(named: "bitnet-2b-4t").parameters == bench().modelParameters)
    #expect(try ids(bench: bench(), clock: 1.04).isEmpty)
  }

  @Test func everySettingIsHeldAgainstTerns() throws {
    #expect(try ids(bench: bench { $0.modelParameters = 2_000_000_000 }) == ["W-fair-shape"])
    #expect(try ids(bench: bench { $0.threads = 2 }) == ["W-fair-threads"])
    #expect(try ids(bench: bench { $0.typeV = "q8_0" }) == ["W-fair-kv"])
    #expect(try ids(bench: bench { $0.backends = "CPU,BLAS" }) == ["W-fair-offload"])
    #expect(try ids(bench: bench { $0.isFlashAttention = true }) == ["W-fair-attention"])
    #expect(try ids(bench: bench(), clock: 1.06) == ["W-fair-clock"])
    #expect(try ids(bench: bench(), clock: 0.94) == ["W-fair-clock"])
    #expect(try ids(phase: "tg128@d64", bench: bench()) == ["W-fair-context"])
    #expect(try ids(phase: "tg128@d64", bench: bench { $0.depth = 64 }).isEmpty)
    #expect(try ids(twin: "bitnet-2b-4t:q6_k", bench: bench()) == ["W-fair-head"])
    #expect(try ids(twin: nil, bench: bench()) == ["W-fair-shape"])
  }

  @Test func aBatchMattersForPromptsAlone() throws {
    #expect(try ids(phase: "pp512", bench: bench()).isEmpty)
    #expect(try ids(phase: "tg128", bench: bench { $0.batch = 1 }).isEmpty)
    #expect(try ids(phase: "pp512", bench: bench { $0.batch = 1 }) == ["W-fair-batch"])
    #expect(try ids(phase: "pp512", bench: bench { $0.microBatch = 128 }) == ["W-fair-batch"])
    #expect(try ids(phase: "pp64", bench: bench { $0.microBatch = 128 }).isEmpty, "a prompt in one batch is in one")
  }

  @Test func aCommandThatIsNotToldItsThreadsIsWarnedAbout() throws {
    let told = SuiteProgram(name: "peer", kind: .command, command: ["x", "{threads}"], rate: "(x)", head: "f16")
    let untold = SuiteProgram(name: "peer", kind: .command, command: ["x"], rate: "(x)", head: "f16")
    #expect(try ids(told, bench: nil) == ["W-fair-shape"], "nothing counts its parameters")
    #expect(try ids(untold, bench: nil) == ["W-fair-shape", "W-fair-threads"])
  }

  @Test func theHeadAndTheGraphAreReadOffTheFile() throws {
    let file = "\(Self.folder)/bitnet2b_tq2/model.gguf"
    let model = try ProgramModel(path: file)
    let header = try #require(model.header)
    #expect(header.parameters == 796_928 && header.ternaryParameters == 720_896)
    #expect(header.head?.name == "F16" && header.weights?.name == "TQ2_0" && header.architecture == "bitnet-b1.58")
    #expect(try ids(model: file, twin: file, bench: nil) == ["W-fair-activation"], "a note on builds since July 2026")
    #expect(try ids(model: file, twin: "\(file):q8_0", bench: nil).contains("W-fair-head"))
  }

  /// The file says "bitnet", which means SiLU; the model that it stands for has the square of ReLU.
  @Test func theArchitectureBitnetIsWrongForTheModelOf2025() throws {
    let file = "\(Self.folder)/bitnet_silu_q8/model.gguf"
    try #require(ProgramModel(path: file).header?.architecture == "bitnet")
    #expect(try ids(model: file, bench: nil).contains("W-fair-activation"))
    #expect(try !ids(model: file, twin: file, bench: nil).contains("W-fair-activation"), "right for models of SiLU")
  }

  @Test func aFileThatIsNoGGUFIsHashedAndNotUnderstood() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "tern-\(UUID().uuidString)").path
    try Data("hello".utf8).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let model = try ProgramModel(path: path)
    #expect(
      model.header == nil && model.problem != nil && model.bytes == 5 && model.sha256?.hasPrefix("2cf24dba") == true)
    #expect(throws: ProgramFailure.self) { try ProgramModel(path: path + ".gguf") }
  }
}
