/// Which memory node each thread of a pool is near: thread numbers ascend with nodes, so a node's threads own
/// neighbouring rows.
struct NodeLayout: Sendable, Equatable {
  /// The kernel's numbers of the nodes, in the order of their threads.
  let nodes: [Int]
  /// For each thread, an index into `nodes`.
  let nodeOfThread: [Int]

  /// All threads near one node: what every placement but numa is treated as.
  static func single(threads: Int) -> NodeLayout {
    NodeLayout(nodes: [0], nodeOfThread: [Int](repeating: 0, count: threads))
  }

  /// The threads of a node, by its index.
  func threads(of index: Int) -> Range<Int> {
    let first = nodeOfThread.firstIndex(of: index) ?? nodeOfThread.count
    return first..<first + nodeOfThread.count { $0 == index }
  }

  /// Spreads threads over the nodes that `cpus` lie on, as evenly as they divide, and names each thread's CPU.
  ///
  /// A node takes no second thread on a core while another node has a core to itself, and none on a CPU while another
  /// has a CPU. More threads than CPUs share them within their node.
  static func spread(
    threads: Int, cpus: [Int], nodeOf: (Int) throws -> Int, coreOf: (Int) -> Int = { $0 }
  ) rethrows -> (layout: NodeLayout, cpus: [Int]) {
    let cpusByNode = try Dictionary(grouping: cpus, by: nodeOf).sorted { $0.key < $1.key }.prefix(threads)
    let own = cpusByNode.map { coresFirst($0.value, coreOf: coreOf) }
    var counts = [Int](repeating: 0, count: own.count)
    // What a node holds before its threads share a core, then before they share a CPU, then without end.
    let limits = [own.map { Set($0.map(coreOf)).count }, own.map(\.count), own.map { _ in Int.max }]
    for _ in 0..<threads {
      let open = limits.lazy.map { limit in counts.indices.filter { counts[$0] < limit[$0] } }.first { !$0.isEmpty }
      if let node = open?.min(by: { (counts[$0], $0) < (counts[$1], $1) }) { counts[node] += 1 }
    }
    let nodeOfThread = counts.enumerated().flatMap { [Int](repeating: $0.offset, count: $0.element) }
    let places = counts.enumerated().flatMap { node, count in (0..<count).map { own[node][$0 % own[node].count] } }
    return (NodeLayout(nodes: cpusByNode.map(\.key), nodeOfThread: nodeOfThread), places)
  }

  /// One CPU of each core before a second one of any, otherwise in the order given.
  private static func coresFirst(_ cpus: [Int], coreOf: (Int) -> Int) -> [Int] {
    var seen: [Int: Int] = [:]
    let turns = cpus.map { cpu in
      defer { seen[coreOf(cpu), default: 0] += 1 }
      return seen[coreOf(cpu), default: 0]
    }
    return cpus.indices.sorted { (turns[$0], $0) < (turns[$1], $1) }.map { cpus[$0] }
  }
}
