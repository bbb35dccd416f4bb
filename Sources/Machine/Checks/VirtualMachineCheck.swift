import Records

extension Check {
  /// Under a hypervisor, neighbours take time and memory bandwidth that nothing here can see.
  static let virtualMachine = Check(
    id: "W-vm", group: "machine", title: "virtual machine", severity: .warn,
    threshold: "The CPU or the firmware names a hypervisor.",
    fix: "for numbers to publish, run on bare metal; for comparisons, interleave and repeat"
  ) { machine in
    guard let hypervisor = machine.virtualization.hypervisor else { return .fine("bare metal, as far as it shows") }
    return .concern(
      "this is a virtual machine (\(hypervisor)): neighbours share its cores, caches and memory unseen")
  }
}
