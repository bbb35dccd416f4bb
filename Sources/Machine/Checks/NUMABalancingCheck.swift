import Records

extension Check {
  /// Balancing unmaps pages to see who touches them, and moves them while the run goes on.
  static let numaBalancing = Check(
    id: "W-numa-balancing", group: "memory", title: "NUMA balancing", severity: .warn,
    threshold: "On, on a machine with more than one node.", fix: "sudo sysctl kernel.numa_balancing=0"
  ) { machine in
    guard let setting = KernelSettings.named("numa_balancing", files: machine.files) else {
      return .fine("not in this kernel")
    }
    let nodes = NUMANodes.ids(files: machine.files).count
    guard setting != "0", nodes > 1 else { return .fine(setting == "0" ? "off" : "\(nodes) node") }
    return .concern("NUMA balancing is on: the kernel moves pages between \(nodes) nodes during a run")
  }
}
