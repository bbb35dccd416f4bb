import Engine
import Kernels
import Records

extension KernelIdentity {
  /// What a record says of one kernel.
  init(_ kernel: Kernel) {
    self.init(
      name: kernel.name, isa: kernel.isa, packing: kernel.packing.name, bitsPerWeight: kernel.packing.bitsPerWeight)
  }

  /// What a record says of a plan: the kernel where it is one, otherwise the plan's name with what it chose.
  init(_ plan: KernelPlan, of model: any ModelShape) {
    if let dense = plan.dense {
      let format = dense.format.rawValue
      self.init(name: format, isa: dense.isa, packing: format, bitsPerWeight: dense.bitsPerWeight)
      return
    }
    if let kernel = plan.single, kernel.id == plan.name {
      self.init(kernel)
      return
    }
    let weights = model.kernelShape.matrices.map {
      (bits: plan[$0.role].packing.bitsPerWeight, count: Double($0.rows * $0.columns))
    }
    let bits = weights.reduce(0) { $0 + $1.bits * $1.count } / weights.reduce(0) { $0 + $1.count }
    self.init(
      name: plan.name, packing: Set(plan.packings.map(\.name)).sorted().joined(separator: "+"), bitsPerWeight: bits)
    choices = TransformerShape.Role.allCases.reduce(into: [:]) { choices, role in
      choices[role.name] = plan[role].single.id
      choices["\(role.name) batch"] = plan[role].batch.id
    }
  }
}
