import CLinux
import Synchronization

/// What the caller and the workers of one pool share: the work, the two words they meet at, and who is where.
///
/// Workers keep the crew alive, not the pool, so a pool that nobody holds ends its threads.
final class Crew: @unchecked Sendable {
  /// Changes when there is work; workers wait for it to differ from the last value they saw.
  private let generation = FutexWord()
  /// Workers that have not finished; the caller waits for zero.
  private let pending = FutexWord()
  /// Workers asleep on `generation`: when there are none, waking costs no system call.
  private let sleepers = FutexWord()
  /// One while the caller is asleep on `pending`.
  private let callerSleeps = FutexWord()
  /// The next item of a dynamic loop.
  let nextItem = FutexWord()
  /// The work of this generation; written before `generation` changes, read after.
  private let work: UnsafeMutablePointer<(Int) -> Void>
  /// Set before the last generation.
  private let stopping = Atomic(false)

  private let workers: Int
  private let spins: Int

  init(workers: Int, spins: Int) {
    self.workers = workers
    self.spins = spins
    work = .allocate(capacity: 1)
    work.initialize(to: { _ in })
  }

  deinit {
    work.deinitialize(count: 1)
    work.deallocate()
  }

  // MARK: - The caller's side

  /// Has every worker run `body`, runs it as thread 0 meanwhile, and returns when all have.
  func run(_ body: (Int) -> Void) {
    withoutActuallyEscaping(body) { body in
      work.pointee = body
      pending.store(UInt32(workers))
      announce()
      body(0)
      join()
      work.pointee = { _ in }
    }
  }

  /// Has the workers report for duty: the caller waits until `workers` calls of `finish` were made.
  func expectWorkers(_ count: Int) { pending.store(UInt32(count)) }

  /// Waits until no worker is pending: spins for a bounded time, then sleeps.
  func join() {
    for _ in 0..<spins {
      if pending.value == 0 { return }
      clinux_cpu_relax()
    }
    callerSleeps.store(1)
    while true {
      let left = pending.valueNow
      if left == 0 { break }
      pending.sleep(while: left)
    }
    callerSleeps.store(0)
  }

  /// Ends every worker's loop.
  func stop() {
    stopping.store(true, ordering: .sequentiallyConsistent)
    announce()
  }

  private func announce() {
    generation.increment()
    if sleepers.valueNow > 0 { generation.wakeAll() }
  }

  // MARK: - A worker's side

  /// Runs each generation's work until the crew stops.
  func serve(thread: Int) {
    var seen: UInt32 = 0
    while true {
      seen = nextGeneration(after: seen)
      if stopping.load(ordering: .acquiring) { return }
      work.pointee(thread)
      finish()
    }
  }

  /// Tells the caller that one worker is done.
  func finish() {
    if pending.decrement() == 0, callerSleeps.valueNow != 0 { pending.wakeAll() }
  }

  private func nextGeneration(after seen: UInt32) -> UInt32 {
    for _ in 0..<spins {
      let now = generation.value
      if now != seen { return now }
      clinux_cpu_relax()
    }
    sleepers.increment()
    defer { sleepers.decrement() }
    while true {
      let now = generation.valueNow
      if now != seen { return now }
      generation.sleep(while: seen)
    }
  }
}
