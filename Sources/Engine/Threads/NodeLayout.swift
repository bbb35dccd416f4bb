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
  /// More threads than CPUs share them within their node.
  static func spread(threads: Int, cpus: [Int], nodeOf: (Int) -> Int) -> (layout: NodeLayout, cpus: [Int]) {
    let cpusByNode = Dictionary(grouping: cpus, by: nodeOf)
    let nodes = cpusByNode.keys.sorted().prefix(threads)
    var nodeOfThread: [Int] = []
    var cpuOfThread: [Int] = []
    for (index, node) in nodes.enumerated() {
      let own = cpusByNode[node]!
      let count = threads / nodes.count + (index < threads % nodes.count ? 1 : 0)
      for i in 0..<count {
        nodeOfThread.append(index)
        cpuOfThread.append(own[i % own.count])
      }
    }
    return (NodeLayout(nodes: Array(nodes), nodeOfThread: nodeOfThread), cpuOfThread)
  }
}
