import CNuma
import Testing

/// The library is there and answers; what Tern does with it is tested in EngineTests.
@Suite struct LibraryTests {
  @Test func aKernelWithNodesSaysWhichOneTheProcessMayUse() {
    guard numa_available() >= 0 else { return }
    let allowed = numa_get_mems_allowed()
    defer { numa_bitmask_free(allowed) }
    #expect(numa_max_node() >= 0)
    #expect(numa_bitmask_weight(allowed) >= 1)
  }

  @Test func constantsOfTheSystemCallsAreVisible() {
    #expect(MPOL_BIND != MPOL_DEFAULT)
  }
}
