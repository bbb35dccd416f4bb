import Records
import Testing

@testable import Harness

@Suite struct ContextTests {
  @Test(
    "a session has room for all that a phase works on at once",
    arguments: [
      ("pp512", 512), ("tg128", 128), ("pp512+tg128", 640), ("tg128@d1024", 1152), ("gemv", 1), ("gemm128", 128),
      ("head", 1), ("head32", 32),
    ])
  func contextCoversThePhase(label: String, positions: Int) throws {
    #expect(try PhaseRecord(label: label).context == positions)
  }
}
