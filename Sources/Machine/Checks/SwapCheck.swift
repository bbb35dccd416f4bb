import Records

extension Check {
  /// Pages that were swapped out come back in the middle of a window.
  static let swap = Check(
    id: "W-swap", group: "memory", title: "swap", severity: .warn,
    threshold: "Swap in use above 1 % of the memory.", fix: "sudo swapoff -a && sudo swapon -a"
  ) { machine in
    let memory = Memory(files: machine.files)
    guard let used = memory.swapUsedBytes, let total = memory.totalBytes else {
      return .unknown("/proc/meminfo does not say")
    }
    let measured = ["swap_used_bytes": Double(used)]
    guard used > total / 100 else { return .fine(used == 0 ? "none in use" : "\(Bytes.text(used)) in use", measured) }
    return .concern("\(Bytes.text(used)) of swap are in use", measured)
  }
}
