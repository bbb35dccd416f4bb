import Testing

@testable import Machine

@Suite("Topology")
struct TopologyTests {
  @Test("An SMT laptop has four cores, and each gets a thread before any gets two")
  func laptop() {
    let machine = FakeRoot.intelLaptop().machine()
    #expect(machine.coresPhysical == 4)
    #expect(machine.cpusUsable == Array(0..<8))
    #expect(machine.cpusForPinning() == [1, 2, 3, 0, 5, 6, 7, 4])
    #expect(machine.topology.smt == true)
    #expect(machine.topology.packages == 1)
  }

  @Test("A package is filled before the next, and the core of CPU 0 comes last in its own")
  func server() {
    let machine = FakeRoot.amdServer().machine()
    #expect(machine.cpusForPinning() == [1, 2, 3, 0, 4, 5, 6, 7])
    #expect(machine.topology.packages == 2)
    #expect(machine.topology.smt == false)
  }

  @Test("Fast cores come before slow ones, and a missing package number is package 0")
  func board() {
    let machine = FakeRoot.armBoard().machine()
    #expect(machine.cpusForPinning() == [2, 3, 1, 0])
    #expect(machine.topology.packages == 1)
  }

  @Test("The efficiency cores of a hybrid x86 processor come last")
  func hybrid() {
    let machine = FakeRoot.amdServer().write("/sys/devices/cpu_atom/cpus", "0-1").machine()
    #expect(machine.cpusForPinning() == [2, 3, 4, 5, 6, 7, 1, 0])
  }

  @Test("The cpuset and the affinity both bound what is usable", arguments: [("1-3", [2, 3]), ("0-7", [2, 3, 4, 5])])
  func bounded(affinity: String, usable: [Int]) {
    let root = FakeRoot.containerV2().write("/proc/self/status", "Cpus_allowed_list:\t\(affinity)")
    #expect(root.machine().cpusUsable == usable)
    #expect(root.machine().coresPhysical == usable.count)
    #expect(root.machine().topology.online.count == 8)
  }

  @Test("A version 1 cpuset is found although the group's path is the host's")
  func containerV1() {
    #expect(FakeRoot.containerV1().machine().cpusUsable == [0, 1])
  }

  @Test("Without sysfs, /proc/cpuinfo gives packages and cores")
  func cpuinfoOnly() {
    let machine = FakeRoot.intelLaptop().remove("/sys").machine()
    #expect(machine.cpusUsable.count == 8)
    #expect(machine.coresPhysical == 4)
  }

  @Test("A root with nothing in it is one CPU")
  func nothing() {
    let machine = FakeRoot().machine()
    #expect(machine.cpusForPinning() == [0])
    #expect(machine.coresPhysical == 1)
    #expect(machine.topology.smt == nil)
  }

  @Test("An affinity that names no online CPU is not believed")
  func disjoint() {
    let root = FakeRoot.amdServer().write("/proc/self/status", "Cpus_allowed_list:\t64-65")
    #expect(root.machine().cpusUsable == Array(0..<8))
  }

  @Test("This machine's pinning order is a permutation of what it may use")
  func real() {
    let machine = Machine()
    #expect(machine.cpusForPinning().sorted() == machine.cpusUsable)
    #expect((1...machine.cpusUsable.count).contains(machine.coresPhysical))
  }
}
