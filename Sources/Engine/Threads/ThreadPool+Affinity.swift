import CLinux
import Synchronization

extension ThreadPool {
  /// Asks every thread which CPUs it may use and on which it runs, and says what is not as it was put.
  ///
  /// One fork and join, in which each thread makes two system calls: for the moments before and after a window, not for
  /// inside it. Empty when all is well.
  public func verifyAffinity() -> [AffinityProblem] {
    AffinityProblem.find(
      readAffinity(), wanted: wantedCPUs, given: placement == .free ? nil : cpusGiven,
      coreOf: CPUTopology().core(of:))
  }

  /// Where each thread is now, by its own account.
  func readAffinity() -> [AffinityProblem.Reading] {
    let readings = Mutex([AffinityProblem.Reading](repeating: .init(allowed: [], cpu: -1), count: threads))
    run { thread in
      let reading = AffinityProblem.Reading(allowed: Affinity.current(of: 0), cpu: Int(clinux_current_cpu()))
      readings.withLock { $0[thread] = reading }
    }
    return readings.withLock { $0 }
  }
}
