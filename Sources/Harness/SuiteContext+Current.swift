import Engine
import Kernels
import Machine
import Meters
import Suites

extension SuiteContext {
  /// What this build and machine offer.
  public static func current(machine: Machine) -> SuiteContext {
    SuiteContext(
      models: ModelReference.names,
      kernels: KernelRegistry.kernels.map { kernel in
        KernelChoice(
          id: kernel.id, name: kernel.name,
          isBest: (try? KernelRegistry.resolve(kernel.name)) == kernel,
          unavailableReason: kernel.availability.reason)
      }
        + AutomaticKernel.allCases.map { name in
          KernelChoice(
            id: name.rawValue, name: name.rawValue, isBest: true, unavailableReason: nil, isAutomatic: true,
            placement: name.placement)
        },
      coresPhysical: machine.coresPhysical,
      meters: MeterCatalog.ids,
      placements: Placement.allCases.map(\.rawValue),
      cacheFormats: CacheFormat.allCases.map(\.rawValue),
      headFormats: DenseFormat.allCases.map(\.rawValue))
  }

  /// The error for a kernel that a user forces and that cannot run here, naming what can; nil where it can.
  ///
  /// A suite's globs become skipped cells instead, so nothing is said of patterns, nor of names that no row has: the
  /// suite's expansion knows the nearest one.
  public func refusal(ofKernel name: String) -> KernelError? {
    let rows = kernels.filter { name.contains("@") ? $0.id == name : $0.name == name }
    guard let first = rows.first, rows.allSatisfy({ $0.unavailableReason != nil }) else { return nil }
    return .unavailable(
      name: name, reason: first.unavailableReason ?? "has no reason",
      available: kernels.filter { $0.unavailableReason == nil }.map(\.id))
  }
}
