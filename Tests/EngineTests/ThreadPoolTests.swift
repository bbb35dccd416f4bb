import Engine
import Foundation
import Synchronization
import Testing

@Suite struct ThreadPoolTests {
  @Test(arguments: [1, 2, 3, 4, 5, 8, 16], Placement.allCases)
  func everyThreadRunsOnceInEveryFork(threads: Int, placement: Placement) throws {
    let pool = try ThreadPool(threads: threads, placement: placement, cpus: usableCPUs)
    let calls = (0..<threads).map { _ in Counter() }
    for round in 1...2000 {
      pool.run { calls[$0].add(1) }
      // The join is complete: what the threads wrote is there.
      guard calls.allSatisfy({ $0.value == round }) else {
        Issue.record("round \(round): \(calls.map(\.value))")
        return
      }
    }
    #expect(pool.threadIDs.count == threads - 1 && Set(pool.threadIDs).count == threads - 1)
  }

  @Test func threadsThatWentToSleepWakeAgain() throws {
    let pool = try ThreadPool(threads: 4, placement: .free)
    let calls = Counter()
    for _ in 0..<20 {
      usleep(2000)
      pool.run { _ in calls.add(1) }
    }
    #expect(calls.value == 80)
  }

  @Test func threadsWithoutWorkSleep() throws {
    let pool = try ThreadPool(threads: 4, placement: .free)
    pool.run { _ in }
    // "S" is sleeping, "R" running. Other tests keep the CPUs busy, so this may take a while; a spinning thread never
    // gets there.
    var states: [String] = []
    for _ in 0..<1000 where states != ["S", "S", "S"] {
      usleep(10_000)
      states = try pool.threadIDs.map { tid in
        let stat = try String(contentsOfFile: "/proc/self/task/\(tid)/stat", encoding: .utf8)
        return String(stat.split(separator: ")").last?.split(separator: " ").first ?? "")
      }
    }
    #expect(states == ["S", "S", "S"])
  }

  @Test func aSlowThreadIsWaitedFor() throws {
    let pool = try ThreadPool(threads: 3, placement: .free)
    let calls = Counter()
    for slow in 0..<3 {
      pool.run { thread in
        if thread == slow { usleep(5000) }
        calls.add(1)
      }
      #expect(calls.value == 3 * (slow + 1))
    }
  }

  @Test(arguments: [(0, 16), (1, 16), (16, 16), (17, 16), (100, 32), (1000, 1), (3, 1), (4096, 64)], [1, 2, 3, 7, 16])
  func rowsAreCutIntoWholeBlocksThatCoverAll(work: (rows: Int, block: Int), threads: Int) throws {
    let pool = try ThreadPool(threads: threads, placement: .free)
    let ranges = Mutex<[Range<Int>]>([])
    pool.parallelRows(work.rows, multipleOf: work.block) { _, range in ranges.withLock { $0.append(range) } }
    let sorted = ranges.withLock { $0 }.sorted { $0.lowerBound < $1.lowerBound }
    #expect(sorted.flatMap(Array.init) == Array(0..<work.rows))
    #expect(sorted.allSatisfy { $0.lowerBound.isMultiple(of: work.block) && !$0.isEmpty })
    let blocks = sorted.map { ($0.count + work.block - 1) / work.block }
    #expect((blocks.max() ?? 0) - (blocks.min() ?? 0) <= 1 || sorted.count < threads)
  }

  @Test(arguments: [0, 1, 2, 3, 1000], [1, 2, 5]) func everyItemIsDoneOnce(count: Int, threads: Int) throws {
    let pool = try ThreadPool(threads: threads, placement: .free)
    for _ in 0..<20 {
      let items = (0..<count).map { _ in Counter() }
      pool.parallelItems(count) { thread, item in
        #expect((0..<threads).contains(thread))
        items[item].add(1)
      }
      #expect(items.allSatisfy { $0.value == 1 })
    }
  }

  @Test func callersOnSeveralThreadsTakeTurns() throws {
    let pool = try ThreadPool(threads: 3, placement: .free)
    let (inside, calls) = (Counter(), Counter())
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      for _ in 0..<50 {
        pool.run { _ in
          #expect(inside.add(1) <= 3)
          calls.add(1)
          inside.add(-1)
        }
      }
    }
    #expect(calls.value == 8 * 50 * 3)
  }

  @Test func aPoolThatNobodyHoldsEndsItsThreads() throws {
    var pool: ThreadPool? = try ThreadPool(threads: 6, placement: .free)
    let tids = try #require(pool?.threadIDs)
    #expect(tids.allSatisfy { FileManager.default.fileExists(atPath: "/proc/self/task/\($0)") })
    pool = nil
    #expect(tids.allSatisfy { !FileManager.default.fileExists(atPath: "/proc/self/task/\($0)") })
  }

  @Test func pinnedThreadsMayUseTheirCPUAlone() throws {
    let pool = try ThreadPool(threads: 3, placement: .pinned, cpus: usableCPUs)
    for (index, tid) in pool.threadIDs.enumerated() {
      #expect(try allowedCPUs(of: "\(tid)") == "\(usableCPUs[(index + 1) % usableCPUs.count])")
    }
    let caller = Mutex("")
    pool.run { thread in
      if thread == 0 { caller.withLock { $0 = (try? allowedCPUs(of: "thread-self")) ?? "" } }
    }
    #expect(caller.withLock { $0 } == "\(usableCPUs[0])")
  }

  @Test func theCallerRoamsAgainWhenAFreePoolRunsOrThePinnedOneIsGone() throws {
    let finished = DispatchSemaphore(value: 0)
    // A thread of its own: test threads are shared.
    let thread = Thread {
      defer { finished.signal() }
      do {
        let before = try allowedCPUs(of: "thread-self")
        let free = try ThreadPool(threads: 2, placement: .free)
        var pinned: ThreadPool? = try ThreadPool(threads: 2, placement: .pinned, cpus: usableCPUs)
        pinned?.run { _ in }
        #expect(try allowedCPUs(of: "thread-self") == "\(usableCPUs[0])")
        free.run { _ in }
        #expect(try allowedCPUs(of: "thread-self") == before)
        pinned?.run { _ in }
        #expect(try allowedCPUs(of: "thread-self") == "\(usableCPUs[0])")
        pinned = nil
        #expect(try allowedCPUs(of: "thread-self") == before)
      } catch {
        Issue.record(error)
      }
    }
    thread.start()
    finished.wait()
  }

  @Test func impossiblePoolsAreRefusedInWords() {
    func message(_ threads: Int, _ placement: Placement, _ cpus: [Int]) -> String {
      let error = #expect(throws: EngineError.self) {
        try ThreadPool(threads: threads, placement: placement, cpus: cpus)
      }
      return error?.description ?? ""
    }
    #expect(message(0, .free, []).contains("0 threads: a pool takes 1 to 4096"))
    #expect(message(-3, .free, []).contains("-3 threads"))
    #expect(message(4097, .free, []).contains("4097 threads"))
    #expect(message(2, .pinned, []).contains("no CPUs were given"))
    #expect(message(2, .pinned, [0, 8191]).contains("placement pinned: there is no CPU 8191; it may use "))
    #expect(message(2, .pinned, [-1]).contains("there is no CPU -1"))
  }

  private func allowedCPUs(of task: String) throws -> String {
    let file = task == "thread-self" ? "/proc/thread-self/status" : "/proc/self/task/\(task)/status"
    let status = try String(contentsOfFile: file, encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") })
    return line.dropFirst("Cpus_allowed_list:".count).trimmingCharacters(in: .whitespaces)
  }
}

/// A number that threads add to.
final class Counter: Sendable {
  private let atomic = Atomic<Int>(0)
  var value: Int { atomic.load(ordering: .sequentiallyConsistent) }

  @discardableResult
  func add(_ amount: Int) -> Int { atomic.wrappingAdd(amount, ordering: .sequentiallyConsistent).newValue }
}
