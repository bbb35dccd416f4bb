import CLinux
import Glibc
import Synchronization

/// One thread of a pool, from its start to its first wait for work.
final class Worker: @unchecked Sendable {
  /// What starting a set of workers gave: the threads that run, and why the rest do not.
  struct Started {
    var handles: [pthread_t] = []
    var threadIDs: [pid_t] = []
    var failure: EngineError?
  }

  private let thread: Int
  private let cpus: [Int]
  private let crew: Crew
  // Written by the thread before it reports, read by the starter after.
  private var threadID: pid_t = 0
  private var failure: EngineError?

  private init(thread: Int, cpus: [Int], crew: Crew) {
    self.thread = thread
    self.cpus = cpus
    self.crew = crew
  }

  /// Starts a worker for each set of CPUs; worker i is thread i + 1.
  ///
  /// Returns when all have reported.
  static func start(pins: [[Int]], crew: Crew) -> Started {
    var started = Started()
    var workers: [Worker] = []
    crew.expectWorkers(pins.count)
    for (index, cpus) in pins.enumerated() {
      let worker = Worker(thread: index + 1, cpus: cpus, crew: crew)
      do {
        started.handles.append(try worker.launch())
        workers.append(worker)
      } catch {
        started.failure = error
        for _ in index..<pins.count { crew.finish() }
        break
      }
    }
    crew.join()
    started.threadIDs = workers.map(\.threadID)
    started.failure = started.failure ?? workers.compactMap(\.failure).first
    return started
  }

  private func launch() throws(EngineError) -> pthread_t {
    var handle = pthread_t()
    let worker = Unmanaged.passRetained(self)
    let code = pthread_create(
      &handle, nil,
      { argument in
        Unmanaged<Worker>.fromOpaque(argument!).takeRetainedValue().main()
        return nil
      }, worker.toOpaque())
    guard code == 0 else {
      worker.release()
      let reason = String(cString: strerror(code))
      throw EngineError(.threads, "starting thread \(thread): \(reason); ask for fewer threads, or raise ulimit -u")
    }
    return handle
  }

  private func main() {
    threadID = clinux_gettid()
    do {
      try Affinity.restrict(0, to: cpus)
    } catch {
      failure = error as? EngineError
    }
    let crew = crew
    let thread = thread
    crew.finish()
    crew.serve(thread: thread)
  }
}
