/// A thread of a pool that is not where it was put, or that has to share what it should have alone.
public enum AffinityProblem: Sendable, Equatable, CustomStringConvertible {
  /// The kernel lets a thread run on other CPUs than those it was given.
  case changed(thread: Int, wanted: [Int], allowed: [Int])
  /// A thread was found running on a CPU that it was not given.
  case elsewhere(thread: Int, wanted: [Int], cpu: Int)
  /// Threads that are on one CPU although there are CPUs for all.
  case sharedCPU(threads: [Int], cpu: Int)
  /// Threads that are on hardware threads of one core although there are cores for all.
  case sharedCore(threads: [Int], cpus: [Int])

  /// The problem as a sentence; threads are numbered as the pool numbers them, 0 is the caller.
  public var description: String {
    switch self {
    case .changed(let thread, let wanted, let allowed):
      "thread \(thread) was put on \(Self.cpus(wanted)) and the kernel now allows it \(Self.cpus(allowed))"
    case .elsewhere(let thread, let wanted, let cpu):
      "thread \(thread) was put on \(Self.cpus(wanted)) and ran on CPU \(cpu)"
    case .sharedCPU(let threads, let cpu):
      "threads \(Self.list(threads)) share CPU \(cpu) although there are CPUs for all"
    case .sharedCore(let threads, let cpus):
      "threads \(Self.list(threads)) are on CPUs \(Self.list(cpus)), which are one core, although there are cores for all"
    }
  }

  /// Where one thread is: which CPUs it may use, and on which it ran when it was asked.
  struct Reading: Sendable, Equatable {
    var allowed: [Int]
    var cpu: Int
  }

  /// Compares where threads are with where they were put.
  ///
  /// - Parameters:
  ///   - wanted: the CPUs that each thread was given.
  ///   - given: the CPUs that the pool could choose from, nil where threads may roam and meet.
  ///   - coreOf: a name for a CPU's core.
  static func find(
    _ readings: [Reading], wanted: [[Int]], given: [Int]?, coreOf: (Int) -> Int
  ) -> [AffinityProblem] {
    var problems: [AffinityProblem] = []
    for (thread, (reading, wanted)) in zip(readings, wanted).enumerated() {
      if Set(reading.allowed) != Set(wanted) {
        problems.append(.changed(thread: thread, wanted: wanted, allowed: reading.allowed))
      }
      if !wanted.contains(reading.cpu) {
        problems.append(.elsewhere(thread: thread, wanted: wanted, cpu: reading.cpu))
      }
    }
    guard let given else { return problems }
    return problems + shared(readings.map(\.cpu), given: given, coreOf: coreOf)
  }

  /// More threads than CPUs, or than cores, have to share: that is what was asked for, and no problem.
  private static func shared(_ cpus: [Int], given: [Int], coreOf: (Int) -> Int) -> [AffinityProblem] {
    var problems: [AffinityProblem] = []
    if Set(given).count >= cpus.count {
      let threads = Dictionary(grouping: cpus.indices) { cpus[$0] }
      for (cpu, threads) in threads.sorted(by: { $0.key < $1.key }) where threads.count > 1 {
        problems.append(.sharedCPU(threads: threads, cpu: cpu))
      }
    }
    if Set(given.map(coreOf)).count >= cpus.count {
      let threads = Dictionary(grouping: cpus.indices) { coreOf(cpus[$0]) }
      for (_, threads) in threads.sorted(by: { $0.key < $1.key }) where Set(threads.map { cpus[$0] }).count > 1 {
        problems.append(.sharedCore(threads: threads, cpus: threads.map { cpus[$0] }))
      }
    }
    return problems
  }

  private static func cpus(_ cpus: [Int]) -> String { (cpus.count == 1 ? "CPU " : "CPUs ") + list(cpus) }

  private static func list(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: ",") }
}
