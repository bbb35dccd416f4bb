import Harness
import Machine

extension KernelSelector {
  /// The selector of this binary, which says on stderr what automatic kernels chose.
  static func ofThisBinary(machine: Machine) -> KernelSelector {
    KernelSelector(machine: machine, build: BuildIdentity.fingerprint) { Console.note($0) }
  }
}
