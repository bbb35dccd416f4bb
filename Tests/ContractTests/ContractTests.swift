import CKernels
import Testing

/// The kernels keep their contract where this process cannot take them: under sanitizers, and with instructions that
/// the CPU lacks.
@Suite(.serialized) struct ContractTests {
  @Test func `Every row that this CPU runs is free of bad reads, bad writes and undefined behaviour`() throws {
    let result = try ContractProgram.make("sanitized")
    #expect(result.status == 0, "\(result.output)")
    #expect(result.output.contains(" 0 failed"), "\(result.output)")
  }

  @Test func `Every row of this architecture gives the same with its instructions emulated`() throws {
    let result = try ContractProgram.make("emulated")
    #expect(result.status == 0, "\(result.output)\nlibsimde-dev has the emulation: make install")
    // None is left out: an instruction set that the program does not take for emulated would be.
    #expect(result.output.contains(" 0 failed, 0 skipped"), "\(result.output)")
  }

  @Test func `The program walks the same rows as this process`() throws {
    let list = try ContractProgram.make("sanitized", filter: "--list")
    let lines = list.output.split(separator: "\n").filter { $0.contains(" ") && !$0.contains(":") }
    let rows =
      ck_packing_count() + ck_kernel_count() + ck_dense_kernel_count() + ck_vector_ops_count() + ck_probe_count()
    #expect(lines.count == rows, "\(list.output)")
  }
}
