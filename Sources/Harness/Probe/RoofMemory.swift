import Engine
import Kernels
import Machine
import Records

/// The memory that probes walk: made once, kept for every repetition.
final class RoofMemory {
  /// The bytes that one thread walks.
  struct Part {
    let buffer: AlignedBuffer
    let offset: Int
    let bytes: Int

    var address: UnsafePointer<UInt8> {
      UnsafePointer((buffer.address + offset).assumingMemoryBound(to: UInt8.self))
    }
  }

  private struct CacheKey: Hashable {
    let kind: Probe.Kind
    let place: RoofTarget.Place
    let threads: Int
  }

  /// A node, and whether its memory is bound to it.
  private struct Place: Hashable {
    let node: Int
    let isBound: Bool
  }

  /// Memory of one node, and whether the cycle that latency walks has been laid in it.
  private struct Node {
    let buffer: AlignedBuffer
    var hasChain = false
  }

  private let memoryBytes: Int
  private let chainBytes: Int
  /// The node of each CPU, and whether there is more than one.
  private let nodeOfCPU: [Int: Int]
  private let hasNodes: Bool
  private var sets: [CacheKey: [Part]] = [:]
  private var nodes: [Place: Node] = [:]
  /// Why memory could not be bound to its node, where it could not.
  private var refusals: [Int: String] = [:]

  init(machine: Machine, memoryBytes: Int) {
    self.memoryBytes = memoryBytes
    let caches = machine.dataCaches(of: machine.cpusUsable)
    let last = caches.last.map { $0.sizeBytes * $0.instances } ?? 0
    chainBytes = min(memoryBytes, max(Self.shortestChainBytes, Self.cachesInMemory * last))
    let nodes = machine.memoryNodes()
    nodeOfCPU = Dictionary(
      nodes.flatMap { node in node.cpus.map { ($0, node.id) } }, uniquingKeysWith: { first, _ in first })
    hasNodes = nodes.count > 1
  }

  /// A quarter of what is walked can then be in the caches at most.
  private static let cachesInMemory = 4
  /// Far beyond second-level caches, laid out in a fraction of a second, and in huge pages within reach of the TLBs
  /// (1024 entries of 2 MiB and more since 2013): what is measured is memory and no walk of page tables.
  private static let shortestChainBytes = 256 << 20
  /// Small beside a model, and beyond the caches of almost every CPU.
  private static let leastBytes = 1 << 30
  /// A huge page: smaller working sets would lie in small pages and measure the TLB.
  private static let hugePageBytes = 2 << 20

  /// Bytes of each node that are beyond all of its caches.
  static func bytesPerNode(machine: Machine) -> Int {
    let caches = machine.memoryNodes().compactMap { machine.dataCaches(of: $0.cpus).last }
    return caches.reduce(leastBytes) { max($0, cachesInMemory * $1.sizeBytes * $1.instances) }
  }

  /// The nodes whose memory some target reads.
  static func nodes(of targets: [RoofTarget], machine: Machine) -> Set<Int> {
    Set(
      targets.flatMap { target -> [Int] in
        switch target.place {
        case .registers, .cache: []
        case .memory: machine.memoryNodes().filter { node in target.cpus.contains(where: node.cpus.contains) }.map(\.id)
        case .nodes(_, let memory): [memory]
        }
      })
  }

  /// The part of each thread; empty for probes of registers.
  ///
  /// - Throws: `CellSkip` where the memory cannot be had.
  func parts(of target: RoofTarget, probe: Probe, pool: ThreadPool) throws -> [Part] {
    switch target.place {
    case .registers: return []
    case .cache(_, let bytes): return try cacheParts(of: target, bytes: bytes, probe: probe, pool: pool)
    case .memory:
      return try cut(target) { thread in try own(of: pool.cpus[thread], probe: probe, pool: pool) }
    case .nodes(_, let memory):
      let buffer = try bound(memory, probe: probe, pool: pool)
      return try cut(target) { _ in buffer }
    }
  }

  // MARK: - Caches

  /// Every thread makes its own, so that it is near.
  private func cacheParts(of target: RoofTarget, bytes: Int, probe: Probe, pool: ThreadPool) throws -> [Part] {
    let key = CacheKey(kind: target.kind, place: target.place, threads: target.threads)
    if let parts = sets[key] { return parts }
    let parts = try (0..<target.threads).map { _ in
      Part(buffer: try Self.map(max(bytes, Self.hugePageBytes)), offset: 0, bytes: bytes)
    }
    pool.run { thread in
      Self.fill(parts[thread].buffer, from: 0, bytes: parts[thread].buffer.bytes)
      if target.kind == .latency { Self.lay(probe, in: parts[thread].buffer, bytes: bytes) }
    }
    sets[key] = parts
    return parts
  }

  // MARK: - Memory

  /// Cuts each thread's buffer among the threads that have the same one.
  private func cut(_ target: RoofTarget, _ buffer: (Int) throws -> AlignedBuffer) throws -> [Part] {
    let buffers = try (0..<target.threads).map(buffer)
    return buffers.indices.map { thread in
      let same = buffers.indices.filter { buffers[$0] === buffers[thread] }
      if target.kind == .latency { return Part(buffer: buffers[thread], offset: 0, bytes: chainBytes) }
      let share = buffers[thread].bytes / same.count / Self.hugePageBytes * Self.hugePageBytes
      let place = same.firstIndex(of: thread) ?? 0
      return Part(buffer: buffers[thread], offset: place * share, bytes: share)
    }
  }

  /// Memory of the node that a CPU is on; where it may not be bound, memory that the node's own threads touch first.
  private func own(of cpu: Int, probe: Probe, pool: ThreadPool) throws -> AlignedBuffer {
    let node = nodeOfCPU[cpu] ?? 0
    if hasNodes, let buffer = try? bound(node, probe: probe, pool: pool) { return buffer }
    return try ready(Place(node: node, isBound: false), probe: probe, pool: pool) { try Self.map(memoryBytes) }
  }

  /// Memory of one node alone.
  private func bound(_ node: Int, probe: Probe, pool: ThreadPool) throws -> AlignedBuffer {
    if let reason = refusals[node] { throw CellSkip(reason) }
    let place = Place(node: node, isBound: hasNodes)
    guard hasNodes, nodes[place] == nil else {
      return try ready(place, probe: probe, pool: pool) { try Self.map(memoryBytes) }
    }
    do {
      let memory = try NodeMemory(bytes: memoryBytes, node: node)
      let buffer = try ready(place, probe: probe, pool: pool) { memory.buffer }
      let pages = try memory.countPages()
      if pages.pagesMisplaced + pages.pagesUnknown > 0 {
        throw CellSkip(
          "of the memory bound to node \(node), \(pages.pagesMisplaced) pages are elsewhere and "
            + "\(pages.pagesUnknown) unknown; see kernel.numa_balancing")
      }
      return buffer
    } catch {
      nodes[place] = nil
      refusals[node] = "\(error)"
      throw CellSkip("\(error)")
    }
  }

  /// Makes a node's memory the first time, and lays the cycle the first time that a latency is measured.
  private func ready(
    _ place: Place, probe: Probe, pool: ThreadPool, make: () throws -> AlignedBuffer
  ) throws -> AlignedBuffer {
    var entry = try nodes[place] ?? Node(buffer: touched(try make(), on: place.node, pool: pool))
    if probe.name == Probe.Kind.latency.rawValue, !entry.hasChain {
      Self.lay(probe, in: entry.buffer, bytes: chainBytes)
      entry.hasChain = true
    }
    nodes[place] = entry
    return entry.buffer
  }

  /// Writes all of a buffer from the pool's threads on a node, or from all where it has none there.
  private func touched(_ buffer: AlignedBuffer, on node: Int, pool: ThreadPool) -> AlignedBuffer {
    let near = (0..<pool.threads).filter { nodeOfCPU[pool.cpus[$0]] == node }
    let threads = near.isEmpty ? Array(0..<pool.threads) : near
    pool.run { thread in
      guard let position = threads.firstIndex(of: thread) else { return }
      let share = buffer.bytes / threads.count
      let end = position == threads.count - 1 ? buffer.bytes : (position + 1) * share
      Self.fill(buffer, from: position * share, bytes: end - position * share)
    }
    return buffer
  }

  private static func map(_ bytes: Int) throws -> AlignedBuffer {
    do { return try AlignedBuffer(bytes: bytes) } catch { throw CellSkip("\(error)") }
  }

  /// Untouched pages all map one zero page, which would be read from L1.
  private static func fill(_ buffer: AlignedBuffer, from offset: Int, bytes: Int) {
    (buffer.address + offset).initializeMemory(as: UInt8.self, repeating: 1, count: bytes)
  }

  private static func lay(_ probe: Probe, in buffer: AlignedBuffer, bytes: Int) {
    probe.prepare(buffer: buffer.address.assumingMemoryBound(to: UInt8.self), bytes: bytes)
  }
}
