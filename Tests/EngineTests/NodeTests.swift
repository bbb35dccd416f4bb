import Kernels
import Testing

@testable import Engine

/// Rows on their own memory nodes: on a machine with one node, two that are the same node.
@Suite struct NodeTests {
  private static let cpu = usableCPUs[0]

  /// A pool whose threads believe in two nodes, the first `first` of them near the first.
  private func pool(threads: Int, first: Int) throws -> ThreadPool {
    let layout = NodeLayout(nodes: [0, 0], nodeOfThread: (0..<threads).map { $0 < first ? 0 : 1 })
    let places = (0..<threads).map { usableCPUs[$0 % usableCPUs.count] }
    return try ThreadPool(threads: threads, placement: .numa, cpus: places, places: places, layout: layout)
  }

  private func logits(_ shape: TransformerShape, _ kernel: Kernel, _ pool: ThreadPool) throws -> [UInt32] {
    let model = try Transformer.synthetic(shape, seed: 7, kernel: kernel, head: .f16, pool: pool)
    let session = try Session(model: model, kernel: kernel, pool: pool, context: 64)
    let prompt = try session.forward((0..<9).map { Int32($0 * 29 % shape.vocabulary) }, logits: .all).values
    return bits(prompt + (try session.forward([1], logits: .last).values))
  }

  @Test(arguments: ExactnessTests.shapes, availableKernels)
  func rowsOnTwoNodesGiveTheSameBytes(shape: TransformerShape, kernel: Kernel) throws {
    let reference = try logits(shape, naive, ThreadPool(threads: 1, placement: .free))
    for (threads, first) in [(2, 1), (3, 1), (3, 2), (5, 2)] {
      #expect(try logits(shape, kernel, pool(threads: threads, first: first)) == reference, "\(threads) threads")
    }
  }

  @Test func everyPageIsWhereItBelongs() throws {
    let pool = try pool(threads: 2, first: 1)
    let shape = ExactnessTests.shapes[0]
    let model = try Transformer.synthetic(shape, seed: 7, kernel: naive, head: .f16, pool: pool)
    let pages = try #require(try model.countPages())
    #expect(pages.problem == nil)
    #expect(pages.pages * 4096 >= model.ternaryBytes + model.headBytes)
    let session = try Session(model: model, kernel: naive, pool: pool, context: 64)
    let all = try #require(try session.countPages())
    #expect(all.problem == nil)
    // Each node has its copy of the prepared activations.
    #expect(all.pages > pages.pages)
  }

  @Test func everyNodesCopyOfTheActivationsHoldsTheSameBytes() throws {
    let pool = try pool(threads: 3, first: 1)
    let shape = ExactnessTests.shapes[0]
    let model = try Transformer.synthetic(shape, seed: 7, kernel: naive, head: .f16, pool: pool)
    let session = try Session(model: model, kernel: naive, pool: pool, context: 64)
    try session.forward([1, 2, 3], logits: .last)
    let copies = session.op.prepared.copies
    try #require(copies.count == 2 && copies[0] != copies[1])
    // The last product was of the down projection, one vector of int8 for each token.
    let written = UnsafeRawBufferPointer(start: copies[0], count: shape.feedForward)
    #expect(written.contains { $0 != 0 })
    #expect(written.elementsEqual(UnsafeRawBufferPointer(start: copies[1], count: shape.feedForward)))
  }

  @Test func aHeadIsCutWhereItsRowsAre() throws {
    let shape = ExactnessTests.shapes[0]
    for (threads, first) in [(2, 1), (3, 2), (5, 1)] {
      let pool = try pool(threads: threads, first: first)
      let memory = try WeightMemory(
        shape: shape, kernels: KernelPlan(naive), pool: pool)
      // Pages enough for a boundary within the matrix, and a last row that ends inside a page.
      let head = try DenseMatrix(rows: 4099, columns: 96, format: .f16)
      try memory.place(head: head)
      let ranges = try #require(memory.placed).ranges.filter { $0.owner === head.buffer }
      try #require(ranges.count == 2)
      #expect(ranges[0].offset == 0 && ranges[1].offset == ranges[0].bytes)
      #expect(ranges[1].offset % 4096 == 0 && ranges[1].offset + ranges[1].bytes == head.bytes)
      let cut = pool.rows(of: 0, among: head.rows, block: 16).upperBound * head.rowBytes
      #expect(ranges[1].offset - cut >= 0 && ranges[1].offset - cut < 4096)
    }
  }

  @Test func aMachineOfOneNodeHasNothingToPlace() throws {
    let pool = try ThreadPool(threads: 2, placement: .numa, cpus: usableCPUs)
    guard MemoryNodes.usable.count == 1 else { return }
    let model = try Transformer.synthetic(ExactnessTests.shapes[1], seed: 7, kernel: naive, head: .f16, pool: pool)
    #expect(!pool.placesMemory)
    #expect(try model.countPages() == nil)
  }

  @Test func aNodeThatIsNotThereIsAnError() {
    let error = #expect(throws: EngineError.self) { try NodeMemory(bytes: 1 << 21, node: 1000) }
    #expect(error?.description.contains("there is no memory on a node 1000; nodes with memory are 0") == true)
    #expect(throws: EngineError.self) { try NodeMemory(bytes: 1, node: -1) }
  }

  @Test(.enabled(if: MemoryNodes.freeBytes(of: 0) != nil, "this kernel does not say how much memory a node has"))
  func whatANodeCannotHoldIsRefusedBeforeItIsBound() throws {
    let error = #expect(throws: EngineError.self) { try NodeMemory(bytes: 1 << 60, node: 0) }
    let words = try #require(error?.description)
    #expect(words.contains("node 0 has ") && words.contains("its share needs \(1 << 60)"))
    let pool = try pool(threads: 2, first: 1)
    var huge = ExactnessTests.shapes[0]
    huge.layers = 1 << 40
    #expect(throws: EngineError.self) {
      try WeightMemory(shape: huge, kernels: KernelPlan(naive), pool: pool)
    }
  }

  @Test func aNodeWithoutMemoryUsesTheNearestThatHasSome() {
    let distances = [[10, 21, 31, 0], [21, 10, 31, 0], [31, 31, 10, 0], [0, 0, 0, 10]]
    let distance = { (a: Int, b: Int) in distances[a][b] }
    #expect(MemoryNodes.nearest(to: 1, among: [0, 1], distance: distance) == 1)
    #expect(MemoryNodes.nearest(to: 1, among: [0, 2], distance: distance) == 0)
    #expect(MemoryNodes.nearest(to: 2, among: [1, 0], distance: distance) == 0)
    #expect(MemoryNodes.nearest(to: 3, among: [2], distance: distance) == 2)
    #expect(MemoryNodes.nearest(to: 0, among: [], distance: distance) == nil)
  }

  @Test func threadsAreSpreadOverNodesAsEvenlyAsTheyDivide() {
    let nodeOf = { (cpu: Int) in cpu < 4 ? 0 : 2 }
    let five = NodeLayout.spread(threads: 5, cpus: [0, 1, 2, 3, 4, 5, 6, 7], nodeOf: nodeOf)
    #expect(five.layout.nodes == [0, 2])
    #expect(five.layout.nodeOfThread == [0, 0, 0, 1, 1])
    #expect(five.cpus == [0, 1, 2, 4, 5])
    #expect(five.layout.threads(of: 1) == 3..<5)
    let one = NodeLayout.spread(threads: 1, cpus: [5, 1], nodeOf: nodeOf)
    #expect(one.layout.nodes == [0] && one.cpus == [1])
    let crowded = NodeLayout.spread(threads: 4, cpus: [0, 4], nodeOf: nodeOf)
    #expect(crowded.cpus == [0, 0, 4, 4])
  }

  @Test func noThreadSharesACoreWhileANodeHasOneToItself() {
    let nodeOf = { (cpu: Int) in cpu < 8 ? 0 : 1 }
    // Node 0: four cores of two threads each, CPU c beside c + 4. Node 1: one core of CPUs 8 and 9.
    let coreOf = { (cpu: Int) in cpu < 8 ? cpu % 4 : 8 }
    let cpus = Array(0...9)
    func spread(_ threads: Int) -> [Int] {
      NodeLayout.spread(threads: threads, cpus: cpus, nodeOf: nodeOf, coreOf: coreOf).cpus
    }
    #expect(spread(2) == [0, 8])
    #expect(spread(5) == [0, 1, 2, 3, 8])
    #expect(spread(6) == [0, 1, 2, 3, 8, 9])
    #expect(spread(10) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    #expect(spread(12).filter { $0 < 8 }.count == 8)
    // Siblings first in the list: cores come first all the same.
    #expect(NodeLayout.spread(threads: 2, cpus: [0, 4, 1], nodeOf: nodeOf, coreOf: coreOf).cpus == [0, 1])
  }
}
