import Records

extension Check {
  /// When little is left, models are skipped, and reclaim works beside the run.
  static let memory = Check(
    id: "W-memory", group: "memory", title: "free memory", severity: .warn,
    threshold: "Less than a quarter available of the memory that this process may have at most.",
    fix: "close other programs"
  ) { machine in
    let memory = Memory(files: machine.files)
    guard let total = memory.ceilingBytes, let available = memory.availableBytes, total > 0 else {
      return .unknown("/proc/meminfo does not say")
    }
    let seen = "\(Bytes.text(available)) of \(Bytes.text(total)) available"
    let measured = ["memory_available_bytes": Double(available), "memory_ceiling_bytes": Double(total)]
    guard available < total / 4 else { return .fine(seen, measured) }
    let isGroup = memory.controlGroups.availableBytes == available
    return .concern(
      "little memory is left: \(seen)\(isGroup ? ", by the control group's limit" : "")",
      fix: isGroup ? "raise the limit (docker run --memory=…)" : nil, measured)
  }
}
