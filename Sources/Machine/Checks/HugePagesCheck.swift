import Records

extension Check {
  /// Weights in 4 KiB pages cost a page-table walk every 4 KiB of a stream.
  static let hugePages = Check(
    id: "W-thp", group: "memory", title: "transparent huge pages", severity: .warn,
    threshold: "The setting is \"never\": weights are allocated with madvise(MADV_HUGEPAGE).",
    fix: "echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled"
  ) { machine in
    guard let setting = KernelSettings.named("transparent_hugepage", files: machine.files) else {
      return .unknown("the kernel does not say")
    }
    guard setting == "never" else { return .fine(setting) }
    return .concern("transparent huge pages are off: weights lie in small pages and decode pays for page-table walks")
  }
}
