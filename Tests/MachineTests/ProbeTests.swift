import Glibc
import Testing

@testable import Machine

@Suite("Probes")
struct ProbeTests {
  private func obstacle(_ capability: Capability) -> (reason: String, fix: String)? {
    guard case .unusable(let reason, let fix) = capability else { return nil }
    return (reason, fix)
  }

  @Test("Counters that count are usable")
  func usable() {
    let machine = FakeRoot.amdServer().machine()
    #expect(obstacle(machine.hardwareCounters()) == nil)
    #expect(obstacle(machine.softwareEvents()) == nil)
  }

  @Test(
    "Each refusal of perf_event_open has its cause and its cure",
    arguments: [
      (ENOENT, "no hardware performance counters", "-cpu host,pmu=on"), (EPERM, "seccomp", "--cap-add PERFMON"),
      (ENOSYS, "does not exist", "CONFIG_PERF_EVENTS=y"), (EBUSY, "somebody else", "kernel.nmi_watchdog=0"),
      (EMFILE, "file descriptors", "ulimit -n"), (EINVAL, "too few counters", "nmi_watchdog"),
      (12345, "errno 12345", "perf stat"),
    ])
  func refusals(number: Int32, reason: String, fix: String) throws {
    let found = try #require(obstacle(FakeRoot.amdServer().machine(cycles: .refused(number)).hardwareCounters()))
    #expect(found.reason.contains(reason))
    #expect(found.fix.contains(fix))
  }

  @Test("EACCES names the paranoid level and the level that is needed")
  func paranoid() throws {
    let root = FakeRoot.amdServer().write("/proc/sys/kernel/perf_event_paranoid", "3")
    let machine = root.machine(cycles: .refused(EACCES), software: .refused(EACCES))
    let counters = try #require(obstacle(machine.hardwareCounters()))
    #expect(counters.reason == "kernel.perf_event_paranoid is 3, and hardware counters need 2 or less")
    #expect(counters.fix.hasPrefix("sudo sysctl kernel.perf_event_paranoid=2"))
    let events = try #require(obstacle(machine.softwareEvents()))
    #expect(events.fix.hasPrefix("sudo sysctl kernel.perf_event_paranoid=1"))
  }

  @Test("EACCES at a level that allows it is a security module, not the level")
  func securityModule() throws {
    let found = try #require(obstacle(FakeRoot.amdServer().machine(cycles: .refused(EACCES)).hardwareCounters()))
    #expect(found.reason.contains("security module"))
    #expect(found.fix.contains("setcap cap_perfmon"))
  }

  @Test("Counters that stay at zero are not counters")
  func zero() throws {
    let found = try #require(obstacle(FakeRoot.bareGuest().machine(cycles: .staysZero).hardwareCounters()))
    #expect(found.reason.contains("stays at zero"))
  }

  @Test("A guest without counters is told that it is a guest")
  func guest() throws {
    let found = try #require(obstacle(FakeRoot.bareGuest().machine(cycles: .refused(ENOENT)).hardwareCounters()))
    #expect(found.reason.contains("virtual machine: kvm"))
  }

  @Test("This kernel gives one of the answers, with words for it")
  func real() {
    for capability in [Machine().hardwareCounters(), Machine().softwareEvents(), Machine().packageEnergy()] {
      if let (reason, fix) = obstacle(capability) { #expect(!reason.isEmpty && !fix.isEmpty) }
    }
  }

  @Test("Readable zones are listed by name, top level only")
  func energy() {
    #expect(FakeRoot.intelLaptop().machine().packageEnergy() == .usable("powercap zones: package-0, psys"))
  }

  @Test("A counter that only root may read names the command that opens it")
  func energyRefused() throws {
    let machine = FakeRoot.amdServer().machine(denying: ["/sys/class/powercap/intel-rapl:0/energy_uj"])
    let found = try #require(obstacle(machine.packageEnergy()))
    #expect(found.reason.contains("0400"))
    #expect(found.fix.hasPrefix("sudo chmod a+r /sys/class/powercap/intel-rapl:*/energy_uj"))
    #expect(found.fix.contains("udev"))
  }

  @Test("Dangling links are a masked tree")
  func masked() throws {
    let root = FakeRoot.amdServer().remove("/sys/devices/virtual/powercap")
    let found = try #require(obstacle(root.machine().packageEnergy()))
    #expect(found.reason.contains("hidden from this container"))
  }

  @Test("A zone without its counter is masked as well")
  func maskedFile() throws {
    let root = FakeRoot.amdServer().remove("/sys/devices/virtual/powercap/intel-rapl/intel-rapl:0/energy_uj")
    let zones = Powercap(machine: root.machine()).report.zones
    #expect(zones.map { $0.obstacle?.cause } == [.masked, nil])
  }

  @Test("No powercap at all: a guest, a container, a missing driver and another architecture each have their reason")
  func absent() throws {
    let guest = try #require(obstacle(FakeRoot.bareGuest().machine().packageEnergy()))
    #expect(guest.reason.contains("virtual machine (kvm)"))
    let metal = FakeRoot.amdServer().remove("/sys/class/powercap")
    let driver = try #require(obstacle(metal.machine().packageEnergy()))
    #expect(driver.fix.contains("modprobe intel_rapl_msr"))
    let container = try #require(obstacle(metal.write("/.dockerenv", "").machine().packageEnergy()))
    #expect(container.reason.contains("container"))
    let board = try #require(obstacle(FakeRoot.armBoard().machine().packageEnergy()))
    #expect(board.reason.contains("x86"))
  }

  @Test(
    "A counter that is not a number is a failed driver", arguments: ["", "garbage", "-1", "99999999999999999999999"])
  func malformed(text: String) throws {
    let root = FakeRoot.amdServer()
    root.write("/sys/devices/virtual/powercap/intel-rapl/intel-rapl:0/energy_uj", text)
    let found = try #require(obstacle(root.machine().packageEnergy()))
    #expect(found.reason.contains("driver failed"))
  }
}
