import Foundation
import Testing

@testable import Engine

/// Threads that say where they are, and CPUs that cannot be used.
@Suite struct AffinityTests {
  /// CPUs c and c + 4 are one core.
  private static func core(_ cpu: Int) -> Int { cpu % 4 }

  private func problems(
    _ readings: [(allowed: [Int], cpu: Int)], wanted: [[Int]], given: [Int]?
  ) -> [AffinityProblem] {
    AffinityProblem.find(
      readings.map { .init(allowed: $0.allowed, cpu: $0.cpu) }, wanted: wanted, given: given, coreOf: Self.core)
  }

  @Test func threadsInTheirPlacesAreNoProblem() {
    #expect(problems([([0], 0), ([1], 1)], wanted: [[0], [1]], given: [0, 1, 4, 5]).isEmpty)
    // Free threads may meet.
    #expect(problems([([0, 1], 1), ([1, 0], 1)], wanted: [[0, 1], [0, 1]], given: nil).isEmpty)
  }

  @Test func aThreadThatIsAllowedOrRunsElsewhereIsNamed() {
    let found = problems([([0], 0), ([0, 1, 2], 2)], wanted: [[0], [1]], given: [0, 1, 2])
    #expect(
      found == [
        .changed(thread: 1, wanted: [1], allowed: [0, 1, 2]), .elsewhere(thread: 1, wanted: [1], cpu: 2),
      ])
    #expect(found[0].description == "thread 1 was put on CPU 1 and the kernel now allows it CPUs 0,1,2")
    #expect(found[1].description == "thread 1 was put on CPU 1 and ran on CPU 2")
    #expect(
      problems([([], -1)], wanted: [[0, 1]], given: nil) == [
        .changed(thread: 0, wanted: [0, 1], allowed: []), .elsewhere(thread: 0, wanted: [0, 1], cpu: -1),
      ])
  }

  @Test func sharingIsAProblemUnlessThereIsNoOtherWay() {
    let siblings = [(allowed: [0], cpu: 0), ([4], 4)]
    let found = problems(siblings, wanted: [[0], [4]], given: [0, 4, 1])
    #expect(found == [.sharedCore(threads: [0, 1], cpus: [0, 4])])
    #expect(
      found[0].description
        == "threads 0,1 are on CPUs 0,4, which are one core, although there are cores for all")
    #expect(problems(siblings, wanted: [[0], [4]], given: [0, 4]).isEmpty)
    let together = [(allowed: [1], cpu: 1), ([1], 1)]
    #expect(problems(together, wanted: [[1], [1]], given: [1, 2]) == [.sharedCPU(threads: [0, 1], cpu: 1)])
    #expect(problems(together, wanted: [[1], [1]], given: [1]).isEmpty)
  }

  @Test(arguments: Placement.allCases, [1, 2, 5]) func aPoolThatWasJustMadeIsInItsPlaces(
    placement: Placement, threads: Int
  ) throws {
    let pool = try ThreadPool(threads: threads, placement: placement, cpus: usableCPUs)
    #expect(pool.verifyAffinity().filter(\.isOfPlaces) == [])
    let readings = pool.readAffinity()
    #expect(readings.count == threads)
    #expect(readings.allSatisfy { $0.allowed.contains($0.cpu) })
  }

  @Test(.enabled(if: usableCPUs.count > 1, "a thread cannot be moved on a machine with one usable CPU"))
  func aThreadThatSomethingElseMovedIsNamed() throws {
    let (first, second) = (usableCPUs[0], usableCPUs[1])
    let pool = try ThreadPool(threads: 2, placement: .pinned, cpus: [first, second])
    try Affinity.restrict(pool.threadIDs[0], to: [first])
    let found = pool.verifyAffinity()
    #expect(found.contains(.changed(thread: 1, wanted: [second], allowed: [first])))
    #expect(found.contains(.elsewhere(thread: 1, wanted: [second], cpu: first)))
    #expect(found.contains(.sharedCPU(threads: [0, 1], cpu: first)))
    try Affinity.restrict(pool.threadIDs[0], to: [second])
    #expect(pool.verifyAffinity().filter(\.isOfPlaces) == [])
  }

  @Test func refusedCPUsAreNamedWithTheReason() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tern-cpus-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    func write(_ path: String, _ text: String) throws {
      let file = folder.appendingPathComponent(path)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: false, encoding: .utf8)
    }
    try write("possible", "0-7\n")
    for cpu in 0..<6 { try write("cpu\(cpu)/uevent", "DRIVER=processor\n") }
    for cpu in 1..<6 { try write("cpu\(cpu)/online", cpu == 3 || cpu == 5 ? "0\n" : "1\n") }
    try write("cpu1/topology/thread_siblings_list", "1,3\n")
    try write("cpu4/topology/core_cpus_list", "2-4\n")
    let topology = CPUTopology(folder: folder.path)
    #expect(topology.refusal(of: [0, 1], allowed: [0, 1]) == nil)
    // Allowed when the process asked, and gone since.
    #expect(topology.refusal(of: [0, 3], allowed: [0, 3])?.hasPrefix("CPU 3 is offline") == true)
    #expect(topology.refusal(of: [3], allowed: [0, 3])?.hasSuffix("it may use 0") == true)
    let words = try #require(topology.refusal(of: [5, 0, 9, 3, 2], allowed: [0, 1]))
    #expect(words.hasPrefix("there is no CPU 9, CPUs 3,5 are offline (echo 1 | sudo tee "))
    #expect(words.hasSuffix("), this process may not use CPU 2; it may use 0,1"))
    #expect(topology.core(of: 1) == 1 && topology.core(of: 4) == 2)
    // Where the kernel says nothing, a CPU is a core.
    #expect(topology.core(of: 0) == 0)
    #expect(CPUTopology(folder: "/nonexistent").refusals(of: [9], allowed: [0]).map(\.reason) == [.notAllowed])
  }
}

extension AffinityProblem {
  /// Neighbouring CPU numbers are one core on some machines: the list that these tests pin to does not ask.
  fileprivate var isOfPlaces: Bool {
    if case .sharedCore = self { return false }
    return true
  }
}
