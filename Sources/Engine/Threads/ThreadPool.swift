import CLinux
import Glibc
import Synchronization

/// Runs the same work on a fixed set of threads and waits for all of them: fork and join, thousands of times a second.
///
/// Thread 0 is the caller; the others are made once. Between forks they spin for a bounded time and then sleep, so
/// that a fork during a forward pass costs about a microsecond and an idle pool costs nothing. One `run` happens at a
/// time: callers on several threads take turns. A body must not call `run` on its own pool.
public final class ThreadPool: @unchecked Sendable {
  /// The most threads that a pool accepts; beyond the largest machines, so a higher number is a mistake.
  public static let threadsMax = 4096

  /// Threads that take part, the caller included.
  public let threads: Int
  /// Whether threads stay on their CPUs.
  public let placement: Placement
  /// The CPU of each thread where threads stay; what was given otherwise.
  public let cpus: [Int]
  /// Memory nodes that the threads are spread over; one unless placement is numa.
  public var memoryNodes: Int { layout.nodes.count }
  /// Whether memory is put on the nodes of the threads: under numa, where there is more than one node to choose from.
  public var placesMemory: Bool { placement == .numa && (memoryNodes > 1 || MemoryNodes.usable.count > 1) }
  /// Which memory node each thread is near.
  let layout: NodeLayout
  /// The CPUs that each thread was given: one where it stays.
  let wantedCPUs: [[Int]]
  /// The CPUs that the places were chosen from.
  let cpusGiven: [Int]
  /// Kernel thread ids of threads 1 and up; thread 0 is whoever calls `run`.
  public let threadIDs: [pid_t]

  private let crew: Crew
  private let handles: [pthread_t]
  private let callerPin: CallerPin
  /// Forks so far, behind the lock that callers take turns with.
  private let turn = Mutex(0)

  /// Starts `threads - 1` threads and waits until each is in its place.
  ///
  /// When pinned, thread i runs on `cpus[i % cpus.count]`; under numa, threads are spread over the nodes of `cpus`.
  ///
  /// - Throws: `EngineError` when the count is not in 1...4096, when threads shall stay and no CPUs are given, when a CPU
  ///   cannot be used, or when the system refuses another thread.
  public convenience init(threads: Int, placement: Placement, cpus: [Int] = []) throws {
    try Self.check(threads: threads, placement: placement, cpus: cpus)
    let single = NodeLayout.single(threads: threads)
    switch placement {
    case .free: try self.init(threads: threads, placement: placement, cpus: cpus, places: nil, layout: single)
    case .pinned:
      let places = (0..<threads).map { cpus[$0 % cpus.count] }
      try self.init(threads: threads, placement: placement, cpus: cpus, places: places, layout: single)
    case .numa:
      let (layout, places) = try NodeLayout.spread(
        threads: threads, cpus: cpus, nodeOf: MemoryNodes.node(ofCPU:), coreOf: CPUTopology().core(of:))
      try self.init(threads: threads, placement: placement, cpus: cpus, places: places, layout: layout)
    }
  }

  /// Starts threads at `places`, chosen from `cpus`, one CPU each, or anywhere; `layout` says which memory they are near.
  init(threads: Int, placement: Placement, cpus: [Int], places: [Int]?, layout: NodeLayout) throws {
    let pins = places.map { $0.map { [$0] } } ?? Array(repeating: Affinity.allowed, count: threads)
    let crew = Crew(workers: threads - 1, spins: Self.spins(threads: threads, pins: pins))
    let callerPin = CallerPin(cpus: places == nil ? nil : pins[0])
    let workers = Worker.start(pins: Array(pins.dropFirst()), crew: crew)
    do {
      if let failure = workers.failure { throw failure }
      try callerPin.apply()
    } catch {
      // No property is set yet, so deinit will not end the threads a second time.
      Self.end(crew, workers.handles)
      throw error
    }
    self.threads = threads
    self.placement = placement
    self.cpus = places ?? cpus
    self.layout = layout
    wantedCPUs = pins
    cpusGiven = cpus
    self.crew = crew
    self.callerPin = callerPin
    handles = workers.handles
    threadIDs = workers.threadIDs
  }

  deinit {
    Self.end(crew, handles)
    callerPin.lift()
  }

  /// How often work was forked to more than one thread since the pool was made.
  public var forks: Int { turn.withLock { $0 } }

  /// Calls `body(thread)` once on each thread, at the same time, and returns when all calls have.
  public func run(_ body: (_ thread: Int) -> Void) {
    run(itemsFromZero: false, body)
  }

  /// As `run`; the items that `nextItem` gives to the bodies start at zero again.
  func run(itemsFromZero: Bool, _ body: (_ thread: Int) -> Void) {
    turn.withLock { forks in
      callerPin.renew()
      if itemsFromZero { crew.nextItem.store(0) }
      if threads == 1 {
        body(0)
      } else {
        forks += 1
        crew.run(body)
      }
    }
  }

  /// The next item of a loop that `run(itemsFromZero:)` runs; each is given once.
  func nextItem() -> Int { Int(crew.nextItem.increment()) - 1 }

  // MARK: - Starting and ending

  /// Spinning bridges the gap between two forks of a forward pass (tens of microseconds), so it should be longer than
  /// that and far shorter than a scheduler's time slice; 2000 pauses are 30 to 80 µs on current x86 CPUs.
  ///
  /// Threads that share a CPU would spin against each other, so they sleep at once.
  private static let spinsMax = 2000

  private static func spins(threads: Int, pins: [[Int]]) -> Int {
    Set(pins.joined()).count >= threads ? spinsMax : 0
  }

  private static func check(threads: Int, placement: Placement, cpus: [Int]) throws {
    guard (1...threadsMax).contains(threads) else {
      throw EngineError(.threads, "\(threads) threads: a pool takes 1 to \(threadsMax); ask for one per core")
    }
    guard placement != .free else { return }
    guard !cpus.isEmpty else {
      throw EngineError(.threads, "placement \(placement): no CPUs were given; give some, or use placement free")
    }
    if let refusal = CPUTopology().refusal(of: cpus, allowed: Affinity.allowed) {
      throw EngineError(.threads, "placement \(placement): \(refusal)")
    }
  }

  private static func end(_ crew: Crew, _ handles: [pthread_t]) {
    crew.stop()
    for handle in handles { pthread_join(handle, nil) }
  }
}
