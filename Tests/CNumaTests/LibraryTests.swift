import CNuma
import Glibc
import Testing

/// The library is there and answers; what Tern does with it is tested in EngineTests.
@Suite struct LibraryTests {
  @Test func aKernelWithNodesSaysWhichOneACPUIsNear() {
    guard numa_available() >= 0 else { return }
    let highest = numa_max_node()
    #expect(highest >= 0)
    #expect((0...highest).contains(numa_node_of_cpu(sched_getcpu())))
  }

  @Test func constantsOfTheSystemCallsAreVisible() {
    #expect(MPOL_BIND != MPOL_DEFAULT)
  }
}
