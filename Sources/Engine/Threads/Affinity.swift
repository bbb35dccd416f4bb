import CLinux
import Glibc

/// Which CPUs threads may run on: asked of and told to the kernel.
enum Affinity {
  /// The CPUs that the process could use before any pool pinned anything.
  static let allowed: [Int] = current(of: 0)

  /// The CPUs that thread `tid` (0: the caller) may use; empty if the kernel does not say.
  static func current(of tid: pid_t) -> [Int] {
    // As many as any distribution's kernel is configured for.
    var cpus = [Int32](repeating: 0, count: 8192)
    let count = clinux_get_affinity(tid, &cpus, cpus.count)
    return count > 0 ? cpus.prefix(Int(count)).map(Int.init) : []
  }

  /// Restricts thread `tid` to `cpus` and reads the restriction back.
  ///
  /// A thread that is there already is left alone, so that free pools work where a sandbox forbids the call.
  ///
  /// - Throws: `EngineError` when the kernel refuses or keeps something else.
  static func restrict(_ tid: pid_t, to cpus: [Int]) throws {
    if current(of: tid) == cpus { return }
    let wanted = cpus.map(Int32.init)
    guard clinux_set_affinity(tid, wanted, wanted.count) == 0 else {
      let errorText = String(cString: strerror(errno))
      // The kernel says EINVAL of CPUs that went offline since.
      let reason = CPUTopology().refusal(of: cpus, allowed: allowed) ?? errorText
      throw EngineError(.threads, "pinning a thread to CPUs \(cpus): \(reason); use placement free")
    }
    let got = current(of: tid)
    guard Set(got) == Set(cpus) else {
      throw EngineError(.threads, "pinning a thread to CPUs \(cpus): the kernel kept \(got); use placement free")
    }
  }
}
