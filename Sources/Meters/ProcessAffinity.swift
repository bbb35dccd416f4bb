import CLinux
import Glibc

/// The CPUs that this process, and every process that it starts from here on, may run on.
public enum ProcessAffinity {
  /// Restricts the calling thread, and with it the programs that it starts.
  ///
  /// Throws `MeterError` with the kernel's reason.
  public static func restrict(to cpus: [Int]) throws {
    let wanted = cpus.map(Int32.init)
    guard clinux_set_affinity(0, wanted, wanted.count) == 0 else {
      throw MeterError("the kernel does not restrict this process to CPUs \(cpus): \(String(cString: strerror(errno)))")
    }
  }
}
