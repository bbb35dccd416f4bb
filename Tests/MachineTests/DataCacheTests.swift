import Testing

@testable import Machine

@Suite struct DataCacheTests {
  /// Four CPUs of two cores: L1 and L2 of each core, one L3; a second package with an L3 of its own.
  private static func root() -> FakeRoot {
    let root = FakeRoot()
    root.write("/sys/devices/system/cpu/online", "0-7")
    for cpu in 0..<8 {
      let core = cpu / 2 * 2
      let package = cpu / 4 * 4
      let folder = "/sys/devices/system/cpu/cpu\(cpu)"
      root.write("\(folder)/topology/thread_siblings_list", "\(core)-\(core + 1)")
      root.write("\(folder)/topology/physical_package_id", "\(cpu / 4)")
      for (index, cache) in [
        ("1", "Data", "32K", "\(core)-\(core + 1)"), ("1", "Instruction", "64K", "\(core)-\(core + 1)"),
        ("2", "Unified", "1024K", "\(core)-\(core + 1)"), ("3", "Unified", "16384K", "\(package)-\(package + 3)"),
      ].enumerated() {
        let path = "\(folder)/cache/index\(index)"
        root.write("\(path)/level", cache.0).write("\(path)/type", cache.1).write("\(path)/size", cache.2)
        root.write("\(path)/shared_cpu_list", cache.3)
      }
    }
    return root
  }

  @Test("a set of CPUs sees each level once, with those of the set that share it")
  func levels() {
    let machine = Self.root().machine()
    let l1 = DataCache(level: 1, sizeBytes: 32 << 10, sharers: 1, instances: 1)
    #expect(machine.dataCaches(of: [0]).first == l1)
    let all = machine.dataCaches(of: Array(0..<8))
    #expect(all.map(\.level) == [1, 2, 3])
    #expect(all.map(\.sharers) == [2, 2, 4])
    #expect(all.map(\.instances) == [4, 4, 2])
    // One CPU of each core of the first package.
    #expect(machine.dataCaches(of: [0, 2]).map(\.sharers) == [1, 1, 2])
    #expect(machine.dataCaches(of: []).isEmpty)
    #expect(machine.dataCaches(of: [99]).isEmpty)
  }

  @Test("files that are missing or hold anything else give no level")
  func malformed() {
    let root = Self.root()
    let folder = "/sys/devices/system/cpu/cpu0/cache"
    root.write("\(folder)/index0/size", "much").write("\(folder)/index2/level", "second").remove(
      "\(folder)/index3/type")
    #expect(root.machine().dataCaches(of: [0]).isEmpty)
    // Without a list of those that share it, a cache is the CPU's own.
    root.write("\(folder)/index0/size", "32K").remove("\(folder)/index0/shared_cpu_list")
    #expect(
      root.machine().dataCaches(of: [0, 1]).first == DataCache(level: 1, sizeBytes: 32 << 10, sharers: 2, instances: 2))
  }

  @Test("nodes without memory are left out, those without CPUs stay, and a kernel without nodes has one")
  func nodes() {
    let root = Self.root()
    #expect(root.machine().memoryNodes().map(\.id) == [0])
    #expect(root.machine().memoryNodes()[0].cpus.sorted() == Array(0..<8))
    let folder = "/sys/devices/system/node"
    root.write("\(folder)/node0/cpulist", "0-3").write("\(folder)/node0/meminfo", "Node 0 MemTotal:  1024 kB")
    root.write("\(folder)/node1/cpulist", "4-7").write("\(folder)/node1/meminfo", "Node 1 MemTotal:  0 kB")
    root.write("\(folder)/node2/cpulist", "").write("\(folder)/node2/meminfo", "Node 2 MemTotal:  2048 kB")
    let nodes = root.machine().memoryNodes()
    #expect(nodes.map(\.id) == [0, 2])
    #expect(nodes.map { $0.cpus.sorted() } == [[0, 1, 2, 3], []])
  }
}
