import CLinux
import Glibc
import Synchronization

/// The thread that reads an open window in between, where it lasts so long that a counter could go round, or where
/// power has to be sampled.
///
/// It waits for a timer that `begin` arms and `end` stops: in a window that is shorter than the period it never runs.
final class EnergyPoller: Sendable {
  private let core: Core

  /// Starts the thread; nil where the kernel gives no timer or no thread.
  ///
  /// - Parameter cpu: where it runs: one that the work leaves alone, if there is any.
  init?(cpu: Int?) {
    guard let core = Core(cpu: cpu) else { return nil }
    self.core = core
    guard core.start() else { return nil }
  }

  deinit { core.stop() }

  /// The CPU time that the thread has used so far.
  var cpuNs: UInt64 { core.state.withLock { $0.cpuNs } }

  /// Reads the window every `periodNs` from now on; a window that was there before is let go.
  func begin(_ window: EnergyWindow, periodNs: UInt64) {
    core.state.withLock { $0.window = window }
    _ = clinux_timer_arm(core.timer, periodNs, periodNs)
  }

  /// Lets the window go: when this returns, the thread does not read it and will not.
  func end(_ window: EnergyWindow) {
    let isCurrent = core.state.withLock { state in
      guard state.window === window else { return false }
      state.window = nil
      return true
    }
    if isCurrent { _ = clinux_timer_arm(core.timer, 0, 0) }
  }

  /// What the thread holds on to, so that the poller itself can go at any time.
  private final class Core: Sendable {
    struct State {
      var window: EnergyWindow?
      var isStopping = false
      var cpuNs: UInt64 = 0
    }

    let timer: Int32
    let cpu: Int?
    let state = Mutex(State())

    init?(cpu: Int?) {
      timer = clinux_timer_create()
      self.cpu = cpu
      if timer < 0 { return nil }
    }

    deinit { close(timer) }

    func start() -> Bool {
      var thread = pthread_t()
      let argument = Unmanaged.passRetained(self)
      let status = pthread_create(
        &thread, nil,
        { pointer in
          guard let pointer else { return nil }
          Unmanaged<Core>.fromOpaque(pointer).takeRetainedValue().run()
          return nil
        }, argument.toOpaque())
      guard status == 0 else {
        argument.release()
        return false
      }
      pthread_detach(thread)
      return true
    }

    /// Wakes the thread up for the last time.
    func stop() {
      state.withLock {
        $0.isStopping = true
        $0.window = nil
      }
      _ = clinux_timer_arm(timer, 1, 0)
    }

    private func run() {
      if let cpu {
        var cpus = [Int32(cpu)]
        _ = clinux_set_affinity(0, &cpus, 1)
      }
      var expirations: UInt64 = 0
      while true {
        let size = read(timer, &expirations, MemoryLayout<UInt64>.size)
        guard size == MemoryLayout<UInt64>.size || errno == EINTR else { return }
        let isStopping = state.withLock { state in
          state.window?.poll()
          state.cpuNs = clinux_thread_cpu_ns()
          return state.isStopping
        }
        if isStopping { return }
      }
    }
  }
}
