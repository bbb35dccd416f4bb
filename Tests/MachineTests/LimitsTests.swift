import Testing

@testable import Machine

@Suite("Limits")
struct LimitsTests {
  @Test("A version 2 limit on a parent binds, and inactive page cache counts as free")
  func memoryV2() {
    // 8 GiB limit − (3 GiB used − 1 GiB of cache that is given back first).
    #expect(FakeRoot.containerV2().machine().memoryAvailableBytes() == 6 << 30)
  }

  @Test("A version 1 limit binds")
  func memoryV1() {
    #expect(FakeRoot.containerV1().machine().memoryAvailableBytes() == 3 << 30)
  }

  @Test("A version 1 group without a limit leaves MemAvailable")
  func memoryUnlimited() {
    let root = FakeRoot.containerV1()
    root.write("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712")
    #expect(root.machine().memoryAvailableBytes() == 250 << 30)
  }

  @Test("Usage above the limit leaves nothing, not less")
  func memoryOver() {
    let root = FakeRoot.containerV1().remove("/sys/fs/cgroup/memory/memory.stat")
    root.write("/sys/fs/cgroup/memory/memory.usage_in_bytes", "5368709120")
    #expect(root.machine().memoryAvailableBytes() == 0)
  }

  @Test("Nothing known is nil, not 0")
  func memoryUnknown() { #expect(FakeRoot().machine().memoryAvailableBytes() == nil) }

  @Test("The tightest CPU quota is found in both versions")
  func quota() {
    #expect(quota(of: .containerV2()) == 2.5)
    #expect(quota(of: .containerV1()) == 1.5)
    #expect(quota(of: .amdServer()) == nil)
  }

  private func quota(of root: FakeRoot) -> Double? { ControlGroups(files: SystemFiles(root: root.path)).cpuQuota }

  @Test("Every level up to the mount is looked at, the process's own first")
  func chain() {
    let root = FakeRoot.containerV2()
    let chain = ControlGroups(files: SystemFiles(root: root.path)).chain(of: "memory")
    #expect(chain?.folders == ["/sys/fs/cgroup/pod/main", "/sys/fs/cgroup/pod", "/sys/fs/cgroup"])
    #expect(chain?.version == .v2)
  }

  @Test("What the mount's root already holds is taken off the host's path")
  func rooted() {
    let root = FakeRoot.containerV1()
    let groups = ControlGroups(files: SystemFiles(root: root.path))
    #expect(groups.chain(of: "memory")?.folders == ["/sys/fs/cgroup/memory"])
    root.write("/proc/self/cgroup", "5:memory:/docker/abc/inner")
    #expect(groups.chain(of: "memory")?.folders == ["/sys/fs/cgroup/memory/inner", "/sys/fs/cgroup/memory"])
  }

  @Test("A path that leaves the namespace is looked up at the mount")
  func escaping() {
    let root = FakeRoot.containerV2().write("/proc/self/cgroup", "0::/../../other")
    #expect(ControlGroups(files: root.machine().files).chain(of: "cpu")?.folders == ["/sys/fs/cgroup"])
  }
}
