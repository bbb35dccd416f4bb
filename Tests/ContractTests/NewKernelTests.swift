import Foundation
import Testing

/// Adding a kernel is adding one file.
@Suite struct NewKernelTests {
  @Test func `A new file is listed and tested without a change elsewhere, and a wrong one is caught`() throws {
    let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("tern-kernel-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    let sources = scratch.appendingPathComponent("CKernels")
    try FileManager.default.copyItem(at: ContractProgram.kernels, to: sources)
    try Self.addKernel(named: "another", to: sources)
    try Self.addKernel(named: "wrong", to: sources) { $0.replacing("int32_t sum = 0;", with: "int32_t sum = 1;") }

    let build = try ContractProgram.make("program", kernels: sources, out: scratch)
    try #require(build.status == 0, "\(build.output)")
    let program = scratch.appendingPathComponent("native/contract")
    let list = try ContractProgram.run(program, ["--list"]).output.split(separator: "\n")
    #expect(list.contains("kernel another@portable") && list.contains("kernel wrong@portable"))
    let right = try ContractProgram.run(program, ["kernel another"])
    #expect(right.status == 0 && right.output.contains("1 passed, 0 failed, 0 skipped"), "\(right.output)")
    let wrong = try ContractProgram.run(program, ["kernel wrong"])
    #expect(wrong.status == 1 && wrong.output.contains("FAILED: gemv of 1 x 1, random"), "\(wrong.output)")
    #expect(wrong.output.contains("0 passed, 1 failed, 0 skipped"), "\(wrong.output)")
  }

  /// The reference under another name, in a folder of its own.
  private static func addKernel(
    named name: String, to sources: URL, edit: (String) -> String = { $0 }
  ) throws {
    let reference = try String(contentsOf: sources.appendingPathComponent("reference/naive.c"), encoding: .utf8)
    let folder = sources.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let text = edit(reference.replacing("\"naive\"", with: "\"\(name)\""))
    try text.write(to: folder.appendingPathComponent("portable.c"), atomically: true, encoding: .utf8)
  }
}
