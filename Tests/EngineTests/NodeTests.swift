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
    let pages = try #require(model.pages)
    #expect(pages.pagesMisplaced == 0 && pages.pagesUnknown == 0)
    #expect(pages.pagesByNode.values.reduce(0, +) * 4096 >= model.ternaryBytes)
  }

  @Test func aMachineOfOneNodeHasNothingToPlace() throws {
    let pool = try ThreadPool(threads: 2, placement: .numa, cpus: usableCPUs)
    guard pool.memoryNodes == 1 else { return }
    let model = try Transformer.synthetic(ExactnessTests.shapes[1], seed: 7, kernel: naive, head: .f16, pool: pool)
    #expect(model.pages == nil)
  }

  @Test func aNodeThatIsNotThereIsAnError() {
    #expect(throws: EngineError.self) { try MemoryNodes.map(bytes: 1 << 21, node: 1000) }
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
}
